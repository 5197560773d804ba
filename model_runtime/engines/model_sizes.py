"""The decoder's sizes, from a model's config.json in the official or the Transformers-native form. Free of torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from model_runtime.errors import EngineUnavailable

OFFICIAL_TYPE = "deepseek_vl_v2"
NATIVE_TYPE = "deepseek_ocr2"

Shape = tuple[int, ...]

_ROPE_THETA = 10_000.0
_NORM_EPS = 1e-6


@dataclass(frozen=True, slots=True)
class DecoderSizes:
    """DeepSeek's mixture-of-experts decoder. The defaults are the official model's."""

    vocab_size: int = 129_280
    dim: int = 1280
    mlp_dim: int = 6848
    """Of the dense layers."""
    num_layers: int = 12
    num_dense_layers: int = 1
    """The first so many layers; the others are mixtures of experts."""
    num_heads: int = 10
    num_kv_heads: int = 10
    num_experts: int = 64
    num_shared_experts: int = 2
    num_experts_per_token: int = 6
    expert_dim: int = 896
    max_tokens: int = 8192
    """Of prompt and transcript together."""
    bos_id: int = 0
    eos_id: int = 1
    rope_theta: float = _ROPE_THETA
    norm_eps: float = _NORM_EPS

    @classmethod
    def from_model_config(cls, config: Mapping[str, Any]) -> Self:
        """Raises: EngineUnavailable for another model's configuration, and for sizes that are missing or impossible."""
        model_type = config.get("model_type")
        try:
            if model_type == OFFICIAL_TYPE:
                return cls(**_sizes(config["language_config"]))
            if model_type == NATIVE_TYPE:
                return cls(**_sizes(config["text_config"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EngineUnavailable(
                f"config.json states no sizes that a decoder can have: {error!r}", hint="download the model again"
            ) from error
        raise EngineUnavailable(
            f"config.json is that of a {model_type!r}, not of a DeepSeek-OCR 2 ({OFFICIAL_TYPE!r} or {NATIVE_TYPE!r})",
            hint="name the folder of a DeepSeek-OCR 2",
        )

    def official_tensors(self) -> dict[str, Shape]:
        """The name and shape of each of the decoder's tensors in the published checkpoint."""
        tensors = {
            "model.embed_tokens.weight": (self.vocab_size, self.dim),
            "model.norm.weight": (self.dim,),
            "lm_head.weight": (self.vocab_size, self.dim),
        }
        for layer in range(self.num_layers):
            tensors |= {f"model.layers.{layer}.{name}": shape for name, shape in self._layer(layer).items()}
        return tensors

    def native_tensors(self) -> dict[str, Shape]:
        """The same tensors as Transformers holds them: the experts of a layer are one."""
        tensors = {
            name.replace("model.", "model.language_model.", 1): shape
            for name, shape in self.official_tensors().items()
            if ".experts." not in name
        }
        for layer in range(self.num_dense_layers, self.num_layers):
            experts = f"model.language_model.layers.{layer}.mlp.experts"
            tensors[f"{experts}.gate_up_proj"] = (self.num_experts, 2 * self.expert_dim, self.dim)
            tensors[f"{experts}.down_proj"] = (self.num_experts, self.dim, self.expert_dim)
        return tensors

    def _layer(self, layer: int) -> dict[str, Shape]:
        head_dim = self.dim // self.num_heads
        tensors = {
            "input_layernorm.weight": (self.dim,),
            "post_attention_layernorm.weight": (self.dim,),
            "self_attn.q_proj.weight": (self.num_heads * head_dim, self.dim),
            "self_attn.k_proj.weight": (self.num_kv_heads * head_dim, self.dim),
            "self_attn.v_proj.weight": (self.num_kv_heads * head_dim, self.dim),
            "self_attn.o_proj.weight": (self.dim, self.num_heads * head_dim),
        }
        if layer < self.num_dense_layers:
            return tensors | self._mlp("mlp", self.mlp_dim)
        tensors["mlp.gate.weight"] = (self.num_experts, self.dim)
        tensors |= self._mlp("mlp.shared_experts", self.num_shared_experts * self.expert_dim)
        for expert in range(self.num_experts):
            tensors |= self._mlp(f"mlp.experts.{expert}", self.expert_dim)
        return tensors

    def _mlp(self, name: str, width: int) -> dict[str, Shape]:
        return {
            f"{name}.gate_proj.weight": (width, self.dim),
            f"{name}.up_proj.weight": (width, self.dim),
            f"{name}.down_proj.weight": (self.dim, width),
        }


def _sizes(language: Mapping[str, Any]) -> dict[str, Any]:
    """Both forms; what neither states is the official value."""
    if language.get("use_mla") or language.get("q_lora_rank"):
        raise ValueError("latent attention, which no DeepSeek-OCR 2 has")
    stated = {ours: language[theirs] for theirs, ours in _FIELDS.items() if language.get(theirs) is not None}
    if "mlp_layer_types" in language:
        stated["num_dense_layers"] = language["mlp_layer_types"].index("sparse")
    rope = language.get("rope_parameters") or {}
    return {
        **{name: int(value) for name, value in stated.items()},
        "rope_theta": float(rope.get("rope_theta") or language.get("rope_theta") or _ROPE_THETA),
        "norm_eps": float(language.get("rms_norm_eps") or _NORM_EPS),
    }


_FIELDS = {
    "vocab_size": "vocab_size",
    "hidden_size": "dim",
    "intermediate_size": "mlp_dim",
    "num_hidden_layers": "num_layers",
    "first_k_dense_replace": "num_dense_layers",
    "num_attention_heads": "num_heads",
    "num_key_value_heads": "num_kv_heads",
    "n_routed_experts": "num_experts",
    "n_shared_experts": "num_shared_experts",
    "num_experts_per_tok": "num_experts_per_token",
    "moe_intermediate_size": "expert_dim",
    "max_position_embeddings": "max_tokens",
    "bos_token_id": "bos_id",
    "eos_token_id": "eos_id",
}
