"""The native model's configuration, from a folder in the official layout or in Transformers' own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model_runtime.deepencoder_v2.configuration import DeepEncoderConfig
from model_runtime.engines.model_folder import ModelFolder
from model_runtime.engines.model_sizes import NATIVE_TYPE, DecoderSizes
from model_runtime.errors import EngineUnavailable

if TYPE_CHECKING:
    from transformers import DeepseekOcr2Config


def native_config(folder: ModelFolder, image_token_id: int) -> DeepseekOcr2Config:
    """What `DeepseekOcr2ForConditionalGeneration` is built from.

    The published config.json names a model type that Transformers' Auto classes do not know, and Transformers' defaults
    describe no published model, so every size is passed here. Raises: EngineUnavailable.
    """
    from transformers import DeepseekOcr2Config

    content = folder.json("config.json")
    sizes = DecoderSizes.from_model_config(content)
    if content["model_type"] == NATIVE_TYPE:
        return DeepseekOcr2Config.from_dict(content)
    return DeepseekOcr2Config(
        vision_config=vision_config(encoder_config(folder)),
        text_config=_text_config(sizes),
        image_token_id=image_token_id,
    )


def encoder_config(folder: ModelFolder) -> DeepEncoderConfig:
    """Raises: EngineUnavailable for sizes that make no encoder."""
    try:
        return DeepEncoderConfig.from_model_config(folder.json("config.json"))
    except (ValueError, TypeError, AttributeError) as error:
        raise EngineUnavailable(
            f"config.json in {folder.path} states no sizes that an encoder can have: {error}",
            hint="download the model again",
        ) from error


def vision_config(encoder: DeepEncoderConfig) -> dict[str, Any]:
    """The encoder's sizes in the words of the native configuration."""
    tokenizer, flow = encoder.vision_tokenizer, encoder.causal_flow
    return {
        "sam_config": {
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
            "layer_norm_eps": tokenizer.norm_eps,
            "initializer_range": 0.02,  # Transformers' default of 1e-10 makes a model that cannot be trained
        },
        "encoder_config": {
            "hidden_size": flow.dim,
            "num_hidden_layers": flow.num_layers,
            "num_attention_heads": flow.num_heads,
            "num_key_value_heads": flow.num_kv_heads,
            "intermediate_size": flow.mlp_dim,
            "rms_norm_eps": flow.norm_eps,
            "rope_parameters": {"rope_type": "default", "rope_theta": flow.rope_theta},
            "vocab_size": 1,  # the encoder has no embeddings
        },
    }


def _text_config(sizes: DecoderSizes) -> dict[str, Any]:
    num_sparse = sizes.num_layers - sizes.num_dense_layers
    return {
        "vocab_size": sizes.vocab_size,
        "hidden_size": sizes.dim,
        "intermediate_size": sizes.mlp_dim,
        "num_hidden_layers": sizes.num_layers,
        "num_attention_heads": sizes.num_heads,
        "num_key_value_heads": sizes.num_kv_heads,
        "n_routed_experts": sizes.num_experts,
        "n_shared_experts": sizes.num_shared_experts,
        "num_experts_per_tok": sizes.num_experts_per_token,
        "moe_intermediate_size": sizes.expert_dim,
        "mlp_layer_types": ["dense"] * sizes.num_dense_layers + ["sparse"] * num_sparse,
        "max_position_embeddings": sizes.max_tokens,
        "bos_token_id": sizes.bos_id,
        "eos_token_id": sizes.eos_id,
        "rms_norm_eps": sizes.norm_eps,
        "rope_parameters": {"rope_type": "default", "rope_theta": sizes.rope_theta},
        "topk_method": "greedy",
        "n_group": 1,
        "topk_group": 1,
    }
