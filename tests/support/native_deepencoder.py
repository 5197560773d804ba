"""Transformers' native vision tower with our sizes and random weights: the first of the two references for our encoder.

Import this only behind `pytest.importorskip`: it needs torch and transformers.
"""

from __future__ import annotations

import torch
from transformers import DeepseekOcr2VisionConfig
from transformers.models.deepseek_ocr2.modeling_deepseek_ocr2 import DeepseekOcr2VisionModel

from model_runtime.deepencoder_v2 import (
    CausalFlowConfig,
    DeepEncoder,
    DeepEncoderConfig,
    Layout,
    VisionTokenizerConfig,
    renamed,
)

_TABLES = ("rel_pos", "pos_embed", "query_")
"""Fresh native models hold zeros or next to nothing here; an error in their use would go unseen."""

_NOT_IN_TOWER = ("projector.", "view_separator")


def small_config(**sizes: object) -> DeepEncoderConfig:
    """Two windowed and two global layers of 32, two causal-flow layers of 64, for views of the official sizes."""
    tokenizer = {
        "dim": 32, "num_layers": 4, "num_heads": 2, "mlp_dim": 64, "global_layers": (1, 3), "neck_dim": 16,
        "compressor_dims": (24, 64), **sizes,
    }  # fmt: skip
    causal_flow = CausalFlowConfig(dim=64, num_layers=2, num_heads=4, num_kv_heads=2, mlp_dim=96)
    return DeepEncoderConfig(VisionTokenizerConfig(**tokenizer), causal_flow, output_dim=48)  # type: ignore[arg-type]


def native_vision_config(config: DeepEncoderConfig, attention: str = "sdpa") -> DeepseekOcr2VisionConfig:
    tokenizer, flow = config.vision_tokenizer, config.causal_flow
    return DeepseekOcr2VisionConfig(
        sam_config={
            "hidden_size": tokenizer.dim,
            "num_hidden_layers": tokenizer.num_layers,
            "num_attention_heads": tokenizer.num_heads,
            "mlp_dim": tokenizer.mlp_dim,
            "patch_size": tokenizer.patch_size_px,
            "image_size": tokenizer.image_size_px,
            "window_size": tokenizer.window_size,
            "global_attn_indexes": list(tokenizer.global_layers),
            "output_channels": tokenizer.neck_dim,
            "downsample_channels": list(tokenizer.compressor_dims),
            "initializer_range": 0.02,
        },
        encoder_config={
            "hidden_size": flow.dim,
            "intermediate_size": flow.mlp_dim,
            "num_hidden_layers": flow.num_layers,
            "num_attention_heads": flow.num_heads,
            "num_key_value_heads": flow.num_kv_heads,
            "rope_parameters": {"rope_type": "default", "rope_theta": flow.rope_theta},
            "vocab_size": 1,
        },
        attn_implementation=attention,
    )


def native_tower(config: DeepEncoderConfig, *, attention: str = "sdpa", seed: int = 0) -> DeepseekOcr2VisionModel:
    """The native tower, every table and every bias random."""
    torch.manual_seed(seed)
    tower = DeepseekOcr2VisionModel(native_vision_config(config, attention)).eval().requires_grad_(False)
    for name, parameter in tower.named_parameters():
        if any(table in name for table in _TABLES):
            parameter.normal_(std=0.3)
        elif name.endswith("bias"):
            parameter.normal_(std=0.1)
    return tower


def our_encoder(config: DeepEncoderConfig, tower: DeepseekOcr2VisionModel) -> DeepEncoder:
    """Our encoder on the native tower's own tensors; projector and separator, which the tower lacks, are random."""
    with torch.device("meta"):
        encoder = DeepEncoder(config).eval().requires_grad_(False)
    weights = {
        name: torch.randn(tensor.shape)
        for name, tensor in encoder.state_dict().items()
        if name.startswith(_NOT_IN_TOWER)
    }
    for name, tensor in tower.state_dict().items():
        ours = renamed(f"model.vision_tower.{name}", Layout.NATIVE, Layout.OURS)
        if ours is None:
            raise KeyError(name)
        weights[ours] = tensor
    encoder.load_state_dict(weights, assign=True)
    return encoder


def relative_error(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """The L2 norm of the difference over that of what was wanted, in float64."""
    return float((found.double() - wanted.double()).norm() / wanted.double().norm())
