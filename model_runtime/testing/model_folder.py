"""A model folder in the official layout: config, tokenizer, and random weights under their official names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from model_runtime.deepencoder_v2 import CausalFlowConfig, DeepEncoderConfig, VisionTokenizerConfig
from model_runtime.engines.model_folder import INDEX
from model_runtime.engines.model_sizes import OFFICIAL_TYPE, DecoderSizes, Shape
from model_runtime.engines.transformers.configuration import vision_config
from model_runtime.engines.transformers.encoder_tensors import official_encoder_tensors
from model_runtime.testing.tokenizer import IDS, synthetic_tokenizer
from model_runtime.vocabulary import BEGIN_OF_SENTENCE, END_OF_SENTENCE

_TABLE_STD = 0.3
"""Of position tables and queries, large enough for a mistake in their use to show."""
_NORM = re.compile(r"(norm\d?|neck\.[13])\.weight$")


@dataclass(frozen=True, slots=True)
class ModelSize:
    """How large a model is made, and into how many files its weights go."""

    encoder: DeepEncoderConfig = field(default_factory=DeepEncoderConfig.official)
    decoder: DecoderSizes = field(default_factory=DecoderSizes)
    shard_bytes: int = 1 << 30
    dtype: torch.dtype = torch.bfloat16


SIZES: dict[str, ModelSize] = {
    "small": ModelSize(
        DeepEncoderConfig(
            VisionTokenizerConfig(
                dim=32, num_layers=2, num_heads=2, mlp_dim=64, global_layers=(1,), neck_dim=16, compressor_dims=(24, 64)
            ),
            CausalFlowConfig(dim=64, num_layers=2, num_heads=4, num_kv_heads=2, mlp_dim=96),
            output_dim=32,
        ),
        DecoderSizes(
            dim=32, mlp_dim=64, num_layers=3, num_heads=2, num_kv_heads=2, num_experts=4, num_shared_experts=1,
            num_experts_per_token=2, expert_dim=32, max_tokens=1280,
        ),
        shard_bytes=8 << 20,
    ),
    "full": ModelSize(),
}  # fmt: skip
"""The small model sees the same views and has the published vocabulary; its context holds a page and little more."""


def write_model_folder(folder: Path, size: ModelSize, *, seed: int = 0) -> None:
    """Writes one shard after the other, so that no more than one is held in memory; equal seeds give equal weights."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _descriptions(size).items():
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False), "utf-8")
    synthetic_tokenizer(size.decoder.vocab_size).save(str(folder / "tokenizer.json"))
    shards = list(_shards(official_tensors(size), size))
    generator = torch.Generator().manual_seed(seed)
    weight_map: dict[str, str] = {}
    for number, shard in enumerate(shards, start=1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        tensors = {name: _random(name, shape, size.dtype, generator) for name, shape in shard.items()}
        save_file(tensors, folder / file, metadata={"format": "pt"})
        weight_map |= dict.fromkeys(shard, file)
    (folder / INDEX).write_text(json.dumps({"metadata": {}, "weight_map": weight_map}), "utf-8")


def official_tensors(size: ModelSize) -> dict[str, Shape]:
    """Every tensor of the model by its official name, with its shape."""
    return official_encoder_tensors(size.encoder) | size.decoder.official_tensors()


def _shards(tensors: Mapping[str, Shape], size: ModelSize) -> Iterator[dict[str, Shape]]:
    shard: dict[str, Shape] = {}
    num_bytes = 0
    for name, shape in tensors.items():
        num_bytes += torch.Size(shape).numel() * size.dtype.itemsize
        if shard and num_bytes > size.shard_bytes:
            yield shard
            shard, num_bytes = {}, torch.Size(shape).numel() * size.dtype.itemsize
        shard[name] = shape
    yield shard


def _random(name: str, shape: Shape, dtype: torch.dtype, generator: torch.Generator) -> Tensor:
    """Norms are one; everything else is noise of a size that lets signals through whatever the width."""
    if _NORM.search(name):
        return torch.ones(shape, dtype=dtype)
    is_table = any(table in name for table in ("pos_embed", "rel_pos", "query_"))
    std = _TABLE_STD if is_table else 1.0 if "embed_tokens" in name else torch.Size(shape[1:]).numel() ** -0.5
    return torch.empty(shape, dtype=dtype).normal_(std=std, generator=generator)


def _descriptions(size: ModelSize) -> dict[str, dict[str, Any]]:
    """The JSON files beside the weights, as the published folder has them."""
    return {
        "config.json": _config(size),
        "tokenizer_config.json": {
            "tokenizer_class": "LlamaTokenizerFast",
            "bos_token": BEGIN_OF_SENTENCE,
            "eos_token": END_OF_SENTENCE,
            "pad_token": "<｜▁pad▁｜>",
            "model_max_length": size.decoder.max_tokens,
            "add_bos_token": False,
            "add_eos_token": False,
        },
        "processor_config.json": {"processor_class": "DeepseekVLV2Processor"},
    }


def _config(size: ModelSize) -> dict[str, Any]:
    config: dict[str, Any] = {
        "architectures": ["DeepseekOCR2ForCausalLM"],
        "model_type": OFFICIAL_TYPE,
        "torch_dtype": str(size.dtype).removeprefix("torch."),
        "bos_token_id": IDS[BEGIN_OF_SENTENCE],
        "eos_token_id": IDS[END_OF_SENTENCE],
        "candidate_resolutions": [[1024, 1024]],
        "global_view_pos": "head",
        "tile_tag": "2D",
        "language_config": _language_config(size.decoder),
        "projector_config": {
            "model_type": "mlp_projector",
            "projector_type": "linear",
            "input_dim": size.encoder.causal_flow.dim,
            "n_embed": size.encoder.output_dim,
        },
        "vision_config": {
            "model_name": "deepencoderv2",
            "model_type": "vision",
            "image_size": 1024,
            "mlp_ratio": 3.7362,
        },
    }
    if size.encoder != DeepEncoderConfig.official():
        # The official code fixes the published sizes; others are said in the words of the native configuration.
        config["vision_config"] |= vision_config(size.encoder)
    return config


def _language_config(decoder: DecoderSizes) -> dict[str, Any]:
    return {
        "architectures": ["DeepseekV2ForCausalLM"],
        "bos_token_id": decoder.bos_id,
        "eos_token_id": decoder.eos_id,
        "first_k_dense_replace": decoder.num_dense_layers,
        "hidden_size": decoder.dim,
        "intermediate_size": decoder.mlp_dim,
        "max_position_embeddings": decoder.max_tokens,
        "moe_intermediate_size": decoder.expert_dim,
        "n_group": 1,
        "n_routed_experts": decoder.num_experts,
        "n_shared_experts": decoder.num_shared_experts,
        "num_attention_heads": decoder.num_heads,
        "num_experts_per_tok": decoder.num_experts_per_token,
        "num_hidden_layers": decoder.num_layers,
        "num_key_value_heads": decoder.num_kv_heads,
        "kv_lora_rank": None,
        "q_lora_rank": None,
        "qk_nope_head_dim": 0,
        "qk_rope_head_dim": 0,
        "topk_group": 1,
        "topk_method": "greedy",
        "use_mla": False,
        "v_head_dim": 0,
        "vocab_size": decoder.vocab_size,
    }
