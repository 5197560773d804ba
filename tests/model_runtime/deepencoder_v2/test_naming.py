"""Names go round between the three layouts, and what Transformers converts agrees with what we convert."""

from __future__ import annotations

import itertools

import pytest

torch = pytest.importorskip("torch")

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig, Layout, renamed  # noqa: E402 - needs torch


def our_names() -> list[str]:
    with torch.device("meta"):
        return list(DeepEncoder(DeepEncoderConfig.official()).state_dict())


@pytest.mark.parametrize(("there", "via"), list(itertools.permutations(Layout, 2)))
def test_every_name_comes_back_from_every_layout(there: Layout, via: Layout) -> None:
    for name in our_names():
        at_start = renamed(name, Layout.OURS, there)
        assert at_start is not None
        between = renamed(at_start, there, via)
        assert between is not None
        assert renamed(between, via, there) == at_start
        assert renamed(at_start, there, Layout.OURS) == name


@pytest.mark.parametrize("layout", [Layout.OFFICIAL, Layout.NATIVE])
def test_no_two_tensors_share_a_name(layout: Layout) -> None:
    names = our_names()
    assert len({renamed(name, Layout.OURS, layout) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("official", "native", "ours"),
    [
        (
            "model.sam_model.blocks.11.attn.rel_pos_h",
            "model.vision_tower.sam_encoder.layers.11.attn.rel_pos_h",
            "vision_tokenizer.layers.11.attention.relative_rows",
        ),
        (
            "model.sam_model.neck.3.bias",
            "model.vision_tower.sam_encoder.neck.layer_norm2.bias",
            "vision_tokenizer.neck.mix_norm.bias",
        ),
        (
            "model.sam_model.net_3.weight",
            "model.vision_tower.sam_encoder.proj.conv2.weight",
            "vision_tokenizer.compressor.second.weight",
        ),
        (
            "model.qwen2_model.model.model.layers.0.self_attn.q_proj.bias",
            "model.vision_tower.vision_encoder.layers.0.self_attn.q_proj.bias",
            "causal_flow_encoder.layers.0.attention.q_proj.bias",
        ),
        (
            "model.qwen2_model.query_768.weight",
            "model.vision_tower.query_768_resolution.weight",
            "causal_flow_encoder.crop_queries",
        ),
        ("model.projector.layers.weight", "model.multi_modal_projector.weight", "projector.linear.weight"),
        ("model.view_seperator", "model.view_separator", "view_separator"),
    ],
)
def test_names_of_the_published_checkpoint(official: str, native: str, ours: str) -> None:
    assert renamed(official, Layout.OFFICIAL, Layout.NATIVE) == native
    assert renamed(official, Layout.OFFICIAL, Layout.OURS) == ours
    assert renamed(native, Layout.NATIVE, Layout.OFFICIAL) == official


@pytest.mark.parametrize(
    "name", ["lm_head.weight", "model.layers.3.mlp.experts.7.up_proj.weight", "model.embed_tokens.weight", "x"]
)
def test_the_decoders_names_are_nobody(name: str) -> None:
    assert renamed(name, Layout.OFFICIAL, Layout.OURS) is None
    assert renamed(name, Layout.NATIVE, Layout.OURS) is None
