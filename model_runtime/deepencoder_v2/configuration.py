"""The sizes of DeepEncoder V2. The defaults are the official model; a small one is the same code with other numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class VisionTokenizerConfig:
    """SAM ViT-B with its neck and the two convolutions behind it.

    `image_size_px` is the size the position tables were made for; other sizes use them interpolated. `global_layers`
    are the 0-based layers that attend over the whole view, the others within windows of `window_size` patches a side.
    """

    dim: int = 768
    num_layers: int = 12
    num_heads: int = 12
    mlp_dim: int = 3072
    patch_size_px: int = 16
    image_size_px: int = 1024
    window_size: int = 14
    global_layers: tuple[int, ...] = (2, 5, 8, 11)
    neck_dim: int = 256
    compressor_dims: tuple[int, int] = (512, 896)
    norm_eps: float = 1e-6

    def __post_init__(self) -> None:
        _check(self.dim % self.num_heads == 0, f"{self.num_heads} heads do not divide the width {self.dim}")
        _check(
            self.image_size_px % self.patch_size_px == 0, f"patches of {self.patch_size_px} px do not tile the image"
        )

    @property
    def head_dim(self) -> int:
        return self.dim // self.num_heads

    @property
    def grid_size(self) -> int:
        """Patches a side at `image_size_px`."""
        return self.image_size_px // self.patch_size_px


@dataclass(frozen=True, slots=True)
class CausalFlowConfig:
    """Qwen2-0.5B's layers, without its embeddings."""

    dim: int = 896
    num_layers: int = 24
    num_heads: int = 14
    num_kv_heads: int = 2
    mlp_dim: int = 4864
    rope_theta: float = 1e6
    norm_eps: float = 1e-6

    def __post_init__(self) -> None:
        _check(self.dim % self.num_heads == 0, f"{self.num_heads} heads do not divide the width {self.dim}")
        _check(self.num_heads % self.num_kv_heads == 0, f"{self.num_kv_heads} key heads do not divide {self.num_heads}")

    @property
    def head_dim(self) -> int:
        return self.dim // self.num_heads


@dataclass(frozen=True, slots=True)
class DeepEncoderConfig:
    """The whole encoder; `output_dim` is the decoder's width."""

    vision_tokenizer: VisionTokenizerConfig = field(default_factory=VisionTokenizerConfig)
    causal_flow: CausalFlowConfig = field(default_factory=CausalFlowConfig)
    output_dim: int = 1280

    def __post_init__(self) -> None:
        found, wanted = self.vision_tokenizer.compressor_dims[-1], self.causal_flow.dim
        _check(found == wanted, f"the compressor ends {found} wide, but the causal-flow encoder is {wanted} wide")

    @classmethod
    def official(cls) -> Self:
        """The sizes of the published DeepSeek-OCR 2: 454.4 M parameters."""
        return cls()

    @classmethod
    def from_model_config(cls, config: Mapping[str, Any]) -> Self:
        """The sizes that a model folder's config.json states, in the official or the Transformers-native form.

        Official files name no layer sizes, because the official code fixes them: there the official sizes hold.
        Raises ValueError for sizes that do not fit together.
        """
        vision = config.get("vision_config") or {}
        if "sam_config" in vision or "encoder_config" in vision:
            return cls(
                _vision_tokenizer(vision.get("sam_config") or {}),
                _causal_flow(vision.get("encoder_config") or {}),
                _output_dim(config),
            )
        return cls(output_dim=_output_dim(config))


def _output_dim(config: Mapping[str, Any]) -> int:
    """Both forms, and folders that carry the sizes of both."""
    projector = config.get("projector_config") or {}
    text = config.get("text_config") or {}
    return int(projector.get("n_embed") or text.get("hidden_size") or DeepEncoderConfig.official().output_dim)


def _vision_tokenizer(sam: Mapping[str, Any]) -> VisionTokenizerConfig:
    official = VisionTokenizerConfig()
    dim = int(sam.get("hidden_size", official.dim))
    first, last = sam.get("downsample_channels") or official.compressor_dims
    return VisionTokenizerConfig(
        dim=dim,
        num_layers=int(sam.get("num_hidden_layers", official.num_layers)),
        num_heads=int(sam.get("num_attention_heads", official.num_heads)),
        mlp_dim=int(sam.get("mlp_dim") or dim * sam.get("mlp_ratio", 4.0)),
        patch_size_px=int(sam.get("patch_size", official.patch_size_px)),
        image_size_px=int(sam.get("image_size", official.image_size_px)),
        window_size=int(sam.get("window_size", official.window_size)),
        global_layers=tuple(sam.get("global_attn_indexes", official.global_layers)),
        neck_dim=int(sam.get("output_channels", official.neck_dim)),
        compressor_dims=(int(first), int(last)),
        norm_eps=float(sam.get("layer_norm_eps", official.norm_eps)),
    )


def _causal_flow(encoder: Mapping[str, Any]) -> CausalFlowConfig:
    """Absent sizes are the official ones, not those of Transformers' defaults, which describe no published model."""
    official = CausalFlowConfig()
    num_heads = int(encoder.get("num_attention_heads", official.num_heads))
    return CausalFlowConfig(
        dim=int(encoder.get("hidden_size", official.dim)),
        num_layers=int(encoder.get("num_hidden_layers", official.num_layers)),
        num_heads=num_heads,
        num_kv_heads=int(encoder.get("num_key_value_heads") or official.num_kv_heads),
        mlp_dim=int(encoder.get("intermediate_size", official.mlp_dim)),
        rope_theta=float((encoder.get("rope_parameters") or {}).get("rope_theta", official.rope_theta)),
        norm_eps=float(encoder.get("rms_norm_eps", official.norm_eps)),
    )


def _check(holds: bool, complaint: str) -> None:
    if not holds:
        raise ValueError(f"these sizes make no encoder: {complaint}")
