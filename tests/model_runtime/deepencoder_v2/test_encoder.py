"""The encoder as a whole: order of the tokens, gradients, 8-bit input, one compiled graph."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from model_runtime.deepencoder_v2 import (  # noqa: E402 - only where torch is
    CausalFlowConfig,
    DeepEncoder,
    DeepEncoderConfig,
    VisionTokenizerConfig,
    normalised_views,
)
from model_runtime.deepencoder_v2.linear import Activation, Linear  # noqa: E402
from model_runtime.tiling import normalised  # noqa: E402

SMALL = DeepEncoderConfig(
    VisionTokenizerConfig(
        dim=32, num_layers=2, num_heads=2, mlp_dim=64, global_layers=(1,), neck_dim=16, compressor_dims=(24, 64)
    ),
    CausalFlowConfig(dim=64, num_layers=2, num_heads=4, num_kv_heads=2, mlp_dim=96),
    output_dim=48,
)


@pytest.fixture
def encoder() -> DeepEncoder:
    torch.manual_seed(0)
    return DeepEncoder(SMALL)


def test_crops_come_first_then_the_global_view_then_the_separator(encoder: DeepEncoder) -> None:
    global_views, crops = torch.randn(3, 3, 1024, 1024), torch.randn(3, 3, 768, 768)
    with torch.inference_mode():
        pages = encoder(global_views, crops, [2, 0, 1])
        whole, parts = encoder.encode_views(global_views), encoder.encode_views(crops)
    assert [len(page) for page in pages] == [2 * 144 + 257, 257, 144 + 257]
    separator = encoder.view_separator[None]
    torch.testing.assert_close(pages[0], torch.cat([parts[0], parts[1], whole[0], separator]))
    torch.testing.assert_close(pages[1], torch.cat([whole[1], separator]))
    torch.testing.assert_close(pages[2], torch.cat([parts[2], whole[2], separator]))


def test_pages_without_any_crops(encoder: DeepEncoder) -> None:
    with torch.inference_mode():
        (page,) = encoder(torch.randn(1, 3, 1024, 1024), torch.empty(0, 3, 768, 768), [0])
    assert page.shape == (257, 48)


@pytest.mark.parametrize("crops_per_page", [[1], [2, 1], [0, 0]])
def test_counts_that_do_not_add_up_are_refused(encoder: DeepEncoder, crops_per_page: list[int]) -> None:
    with pytest.raises(ValueError, match="do not match"):
        encoder(torch.empty(2, 3, 1024, 1024), torch.empty(1, 3, 768, 768), crops_per_page)


def test_every_parameter_learns_from_a_page_with_crops(encoder: DeepEncoder) -> None:
    (page,) = encoder(torch.randn(1, 3, 1024, 1024), torch.randn(1, 3, 768, 768), [1])
    page.square().sum().backward()
    idle = [name for name, weight in encoder.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert not idle


def test_views_in_another_dtype_are_brought_to_that_of_the_weights(encoder: DeepEncoder) -> None:
    with torch.inference_mode():
        assert encoder.bfloat16().encode_views(torch.randn(1, 3, 768, 768)).dtype == torch.bfloat16


def test_eight_bit_views_become_the_values_that_tiling_makes_of_them() -> None:
    pixels = torch.randint(0, 256, (2, 32, 48, 3), dtype=torch.uint8)
    assert torch.equal(normalised_views(pixels, torch.float32), torch.from_numpy(normalised(pixels.numpy())))


def test_views_become_one_graph_without_breaks(encoder: DeepEncoder) -> None:
    compiled = torch.compile(encoder.encode_views, fullgraph=True, backend="eager")
    views = torch.randn(2, 3, 768, 768)
    with torch.no_grad():
        torch.testing.assert_close(compiled(views), encoder.encode_views(views))


def test_a_view_is_encoded_alike_alone_and_in_a_batch(encoder: DeepEncoder) -> None:
    views = torch.randn(3, 3, 768, 768)
    with torch.inference_mode():
        batch = encoder.encode_views(views)
        alone = torch.cat([encoder.encode_views(view[None]) for view in views])
    torch.testing.assert_close(batch, alone)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_packed_weights_give_the_same_tokens(encoder: DeepEncoder, dtype: torch.dtype) -> None:
    encoder = encoder.to(dtype)
    views = torch.randn(1, 3, 768, 768)
    with torch.inference_mode():
        before = encoder.encode_views(views)
        encoder.pack()
        encoder.pack()  # a second time changes nothing
        torch.testing.assert_close(encoder.encode_views(views), before)


def test_packed_weights_need_no_inference_mode(encoder: DeepEncoder) -> None:
    encoder.requires_grad_(False)
    encoder.pack()
    assert encoder.encode_views(torch.randn(1, 3, 768, 768)).shape == (1, 144, 48)


@pytest.mark.parametrize("activation", ["none", "gelu"])
@pytest.mark.parametrize("has_bias", [True, False])
def test_a_linear_map_is_the_same_with_and_without_gradients(activation: Activation, has_bias: bool) -> None:
    torch.manual_seed(0)
    layer = Linear(32, 48, bias=has_bias)
    inputs = torch.randn(2, 5, 32)
    with torch.no_grad():
        alone = layer(inputs, activation)
    torch.testing.assert_close(alone, layer(inputs, activation).detach())
