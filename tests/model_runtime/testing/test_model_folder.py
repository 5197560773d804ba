from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import json

from model_runtime.deepencoder_v2 import load_encoder
from model_runtime.engines.model_folder import ModelFolder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.weight_headers import complaints, stored_tensors
from model_runtime.testing.model_folder import SIZES, official_tensors, write_model_folder


def test_the_full_size_has_the_published_number_of_parameters() -> None:
    tensors = official_tensors(SIZES["full"])
    total = 0
    for shape in tensors.values():
        count = 1
        for side in shape:
            count *= side
        total += count
    assert total == pytest.approx(3389.12e6, rel=1e-5)


def test_a_folder_is_sharded_and_complete(small_model: Path) -> None:
    folder = ModelFolder(small_model, "small")
    assert len(folder.weight_files()) == 3
    assert stored_tensors(folder) == official_tensors(SIZES["small"])
    assert complaints(folder) == []
    config = json.loads((small_model / "config.json").read_text())
    assert config["model_type"] == "deepseek_vl_v2"
    assert DecoderSizes.from_model_config(config) == SIZES["small"].decoder


def test_our_encoder_loads_from_it(small_model: Path) -> None:
    import torch

    encoder = load_encoder(small_model, dtype=torch.float32)
    assert encoder.config == SIZES["small"].encoder


def test_equal_seeds_give_equal_weights(small_model: Path, tmp_path: Path) -> None:
    write_model_folder(tmp_path / "again", SIZES["small"])
    write_model_folder(tmp_path / "other", SIZES["small"], seed=1)
    prints = [ModelFolder(path, "x").fingerprint() for path in (small_model, tmp_path / "again", tmp_path / "other")]
    assert prints[0] == prints[1] != prints[2]
