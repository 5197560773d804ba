"""Our encoder is Transformers' native vision tower, number for number, whatever the sizes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig  # noqa: E402 - only where torch is
from tests.support.native_deepencoder import (  # noqa: E402
    native_tower,
    our_encoder,
    relative_error,
    small_config,
)

TOLERANCE = 2e-5


def features(encoder: DeepEncoder, views: torch.Tensor) -> torch.Tensor:
    return encoder.causal_flow_encoder(encoder.vision_tokenizer(views))


def error_beside_native(config: DeepEncoderConfig, views: torch.Tensor, *, attention: str = "sdpa") -> float:
    tower = native_tower(config, attention=attention)
    with torch.inference_mode():
        return relative_error(features(our_encoder(config, tower), views), tower(views).last_hidden_state)


@pytest.mark.parametrize("batch", [1, 2, 3])
@pytest.mark.parametrize("side", [768, 1024])
def test_small_encoders_equal_native_at_both_sizes_and_any_batch(side: int, batch: int) -> None:
    assert error_beside_native(small_config(), torch.randn(batch, 3, side, side)) < TOLERANCE


@pytest.mark.parametrize("window", [7, 8, 14, 16, 48, 70])
def test_windows_that_divide_the_view_and_windows_that_do_not(window: int) -> None:
    config = small_config(window_size=window)
    assert error_beside_native(config, torch.randn(1, 3, 768, 768)) < TOLERANCE


@pytest.mark.parametrize("dim", [32, 64, 256])
def test_narrow_and_wide_heads_take_different_ways_to_the_same_result(dim: int) -> None:
    config = small_config(dim=dim, window_size=12)
    assert error_beside_native(config, torch.randn(2, 3, 768, 768)) < TOLERANCE


def test_the_native_tower_without_fused_attention_is_the_same_reference() -> None:
    assert error_beside_native(small_config(), torch.randn(1, 3, 768, 768), attention="eager") < TOLERANCE


@pytest.mark.parametrize("side", [256, 512, 640, 896])
def test_views_of_unofficial_sizes(side: int) -> None:
    assert error_beside_native(small_config(), torch.randn(1, 3, side, side)) < TOLERANCE


def test_position_tables_of_a_smaller_image_are_stretched() -> None:
    assert error_beside_native(small_config(image_size_px=512), torch.randn(1, 3, 768, 768)) < TOLERANCE


def test_the_full_size_encoder_equals_native_on_a_crop() -> None:
    views = torch.randn(1, 3, 768, 768, generator=torch.Generator().manual_seed(1))
    assert error_beside_native(DeepEncoderConfig.official(), views) < TOLERANCE


def test_bfloat16_is_no_further_from_float32_than_native_bfloat16() -> None:
    config, views = small_config(dim=128), torch.randn(2, 3, 768, 768)
    tower = native_tower(config)
    with torch.inference_mode():
        exact = tower(views).last_hidden_state
        ours = features(our_encoder(config, tower).bfloat16(), views.bfloat16())
        native = tower.bfloat16()(views.bfloat16()).last_hidden_state
    assert relative_error(ours, exact) < 1.05 * relative_error(native, exact)
