"""What the encoder's tensors are called here, in the official checkpoint and in Transformers' native port."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import NamedTuple


class Layout(Enum):
    """Who named the tensors."""

    OURS = 0
    OFFICIAL = 1
    """The published checkpoint, and what the native port saves by default."""
    NATIVE = 2
    """Transformers' own module names."""


def renamed(name: str, source: Layout, target: Layout) -> str | None:
    """The tensor's name in another layout; None where it is no tensor of the encoder (the decoder's, for instance)."""
    for pattern, template in _rules(source, target):
        match = pattern.fullmatch(name)
        if match:
            return template.format(*match.groups())
    return None


class _Part(NamedTuple):
    """One module's name in each layout, by `Layout`. `#` stands for a layer's number, `*` for the tensor's own name."""

    ours: str
    official: str
    native: str


@dataclass(frozen=True, slots=True)
class _Prefixes:
    """Where a group of modules hangs in each layout, and the names of its modules below that."""

    at: _Part
    modules: tuple[_Part, ...]

    def parts(self) -> list[_Part]:
        return [_Part(*(at + name for at, name in zip(self.at, module, strict=True))) for module in self.modules]


def _same(*names: str) -> tuple[_Part, ...]:
    return tuple(_Part(name, name, name) for name in names)


_VISION_TOKENIZER = _Prefixes(
    _Part("vision_tokenizer.", "model.sam_model.", "model.vision_tower.sam_encoder."),
    (
        _Part("patch_embedding.*", "patch_embed.proj.*", "patch_embed.projection.*"),
        _Part("position_embedding", "pos_embed", "pos_embed"),
        _Part("neck.narrow.*", "neck.0.*", "neck.conv1.*"),
        _Part("neck.narrow_norm.*", "neck.1.*", "neck.layer_norm1.*"),
        _Part("neck.mix.*", "neck.2.*", "neck.conv2.*"),
        _Part("neck.mix_norm.*", "neck.3.*", "neck.layer_norm2.*"),
        _Part("compressor.first.*", "net_2.*", "proj.conv1.*"),
        _Part("compressor.second.*", "net_3.*", "proj.conv2.*"),
    ),
)
_VISION_LAYERS = _Prefixes(
    _Part("vision_tokenizer.layers.#.", "model.sam_model.blocks.#.", "model.vision_tower.sam_encoder.layers.#."),
    (
        _Part("attention_norm.*", "norm1.*", "layer_norm1.*"),
        _Part("attention.qkv.*", "attn.qkv.*", "attn.qkv.*"),
        _Part("attention.proj.*", "attn.proj.*", "attn.proj.*"),
        _Part("attention.relative_rows", "attn.rel_pos_h", "attn.rel_pos_h"),
        _Part("attention.relative_cols", "attn.rel_pos_w", "attn.rel_pos_w"),
        _Part("mlp_norm.*", "norm2.*", "layer_norm2.*"),
        _Part("mlp.up.*", "mlp.lin1.*", "mlp.lin1.*"),
        _Part("mlp.down.*", "mlp.lin2.*", "mlp.lin2.*"),
    ),
)
_CAUSAL_FLOW = _Prefixes(
    _Part("causal_flow_encoder.", "model.qwen2_model.", "model.vision_tower."),
    (
        _Part("crop_queries", "query_768.weight", "query_768_resolution.weight"),
        _Part("global_queries", "query_1024.weight", "query_1024_resolution.weight"),
        _Part("norm.*", "model.model.norm.*", "vision_encoder.norm.*"),
    ),
)
_CAUSAL_FLOW_LAYERS = _Prefixes(
    _Part(
        "causal_flow_encoder.layers.#.",
        "model.qwen2_model.model.model.layers.#.",
        "model.vision_tower.vision_encoder.layers.#.",
    ),
    (
        _Part("attention_norm.*", "input_layernorm.*", "input_layernorm.*"),
        _Part("attention.*", "self_attn.*", "self_attn.*"),
        _Part("mlp_norm.*", "post_attention_layernorm.*", "post_attention_layernorm.*"),
        *_same("mlp.*"),
    ),
)
_REST = (
    _Part("projector.linear.*", "model.projector.layers.*", "model.multi_modal_projector.*"),
    _Part("view_separator", "model.view_seperator", "model.view_separator"),  # the published name is misspelt
)


@cache
def _rules(source: Layout, target: Layout) -> list[tuple[re.Pattern[str], str]]:
    """For every part, what its source names look like and how its target names are written."""
    groups = (_VISION_TOKENIZER, _VISION_LAYERS, _CAUSAL_FLOW, _CAUSAL_FLOW_LAYERS)
    parts = [part for group in groups for part in group.parts()] + list(_REST)
    return [(_pattern(part[source.value]), _template(part[target.value])) for part in parts]


def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(re.escape(name).replace(r"\#", r"(\d+)").replace(r"\*", r"(.+)"))


def _template(name: str) -> str:
    return name.replace("#", "{}").replace("*", "{}")
