"""Sizes are the official ones unless the model folder states others, and sizes that do not fit are refused."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from model_runtime.deepencoder_v2 import (
    CausalFlowConfig,
    DeepEncoderConfig,
    VisionTokenizerConfig,
)

OFFICIAL_JSON = {
    "model_type": "deepseek_vl_v2",
    "language_config": {"hidden_size": 1280},
    "projector_config": {"input_dim": 896, "n_embed": 1280, "projector_type": "linear"},
    "vision_config": {"image_size": 1024, "mlp_ratio": 3.7362, "model_name": "deepencoderv2", "model_type": "vision"},
}


def test_the_published_configuration_means_the_official_sizes() -> None:
    assert DeepEncoderConfig.from_model_config(OFFICIAL_JSON) == DeepEncoderConfig.official()


def test_the_official_encoder_has_the_published_number_of_parameters() -> None:
    torch = pytest.importorskip("torch")
    from model_runtime.deepencoder_v2 import DeepEncoder

    with torch.device("meta"):
        encoder = DeepEncoder(DeepEncoderConfig.official())
    assert sum(weight.numel() for weight in encoder.vision_tokenizer.parameters()) == 94_979_328
    assert sum(weight.numel() for weight in encoder.parameters()) == 454_385_280


def test_a_native_configuration_states_its_sizes() -> None:
    pytest.importorskip("transformers")
    from transformers import DeepseekOcr2Config

    from tests.support.native_deepencoder import native_vision_config, small_config

    config = small_config(window_size=7)
    vision = native_vision_config(config).to_dict()
    native = DeepseekOcr2Config(
        vision_config=vision, text_config={"hidden_size": config.output_dim, "num_attention_heads": 4}
    )
    assert DeepEncoderConfig.from_model_config(native.to_dict()) == config


def test_absent_native_sizes_are_the_official_ones() -> None:
    config = DeepEncoderConfig.from_model_config({"vision_config": {"sam_config": {}, "encoder_config": {}}})
    assert config == DeepEncoderConfig.official()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: VisionTokenizerConfig(dim=100, num_heads=12),
        lambda: VisionTokenizerConfig(image_size_px=1000),
        lambda: CausalFlowConfig(dim=100, num_heads=14),
        lambda: CausalFlowConfig(num_heads=14, num_kv_heads=4),
        lambda: DeepEncoderConfig(VisionTokenizerConfig(compressor_dims=(512, 1024))),
    ],
)
def test_sizes_that_do_not_fit_together_are_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="make no encoder"):
        wrong()  # type: ignore[operator]
