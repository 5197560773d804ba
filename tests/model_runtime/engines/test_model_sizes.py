"""The decoder's sizes, without torch."""

import pytest

from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.errors import EngineUnavailable

OFFICIAL = {
    "vocab_size": 129_280, "hidden_size": 1280, "intermediate_size": 6848, "num_hidden_layers": 12,
    "first_k_dense_replace": 1, "num_attention_heads": 10, "num_key_value_heads": 10, "n_routed_experts": 64,
    "n_shared_experts": 2, "num_experts_per_tok": 6, "moe_intermediate_size": 896, "max_position_embeddings": 8192,
    "bos_token_id": 0, "eos_token_id": 1, "use_mla": False, "q_lora_rank": None,
}  # fmt: skip


def test_the_defaults_are_the_published_model() -> None:
    assert (
        DecoderSizes.from_model_config({"model_type": "deepseek_vl_v2", "language_config": OFFICIAL}) == DecoderSizes()
    )


def test_both_forms_say_the_same() -> None:
    native = {key: value for key, value in OFFICIAL.items() if key != "first_k_dense_replace"}
    native |= {
        "mlp_layer_types": ["dense"] + ["sparse"] * 11,
        "rope_parameters": {"rope_type": "default", "rope_theta": 10_000.0},
        "rms_norm_eps": 1e-6,
    }
    assert DecoderSizes.from_model_config({"model_type": "deepseek_ocr2", "text_config": native}) == DecoderSizes()


def test_the_tensors_are_those_of_the_published_decoder() -> None:
    tensors = DecoderSizes().official_tensors()
    assert len(tensors) == 3 + 9 + 11 * (6 + 1 + 3 + 3 * 64)
    assert tensors["model.layers.0.mlp.gate_proj.weight"] == (6848, 1280)
    assert tensors["model.layers.11.mlp.experts.63.down_proj.weight"] == (1280, 896)
    assert tensors["model.layers.1.mlp.shared_experts.up_proj.weight"] == (1792, 1280)


def test_the_native_names_hold_as_many_numbers() -> None:
    def count(tensors: dict[str, tuple[int, ...]]) -> int:
        total = 0
        for shape in tensors.values():
            size = 1
            for side in shape:
                size *= side
            total += size
        return total

    sizes = DecoderSizes()
    assert count(sizes.native_tensors()) == count(sizes.official_tensors())
    assert "lm_head.weight" in sizes.native_tensors()
    assert sizes.native_tensors()["model.language_model.layers.1.mlp.experts.gate_up_proj"] == (64, 1792, 1280)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"model_type": "llama"}, "that of a 'llama'"),
        ({}, "that of a None"),
        ({"model_type": "deepseek_vl_v2"}, "no sizes"),
        ({"model_type": "deepseek_vl_v2", "language_config": {"hidden_size": "wide"}}, "no sizes"),
        ({"model_type": "deepseek_vl_v2", "language_config": {**OFFICIAL, "use_mla": True}}, "latent attention"),
        ({"model_type": "deepseek_ocr2", "text_config": 3}, "no sizes"),
    ],
)
def test_another_models_configuration_is_refused(config: dict[str, object], words: str) -> None:
    with pytest.raises(EngineUnavailable, match=words):
        DecoderSizes.from_model_config(config)
