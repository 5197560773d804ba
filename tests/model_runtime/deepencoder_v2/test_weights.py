"""Weights are read from folders of every layout, and what does not fit is listed, all of it at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from safetensors.torch import save_file  # noqa: E402 - only where torch is

from model_runtime.deepencoder_v2 import DeepEncoder, Layout, load_encoder, renamed  # noqa: E402
from model_runtime.errors import EngineUnavailable, WeightsMismatch  # noqa: E402
from tests.support.native_deepencoder import native_vision_config, small_config  # noqa: E402

CONFIG = small_config()
DECODER = {"lm_head.weight": torch.zeros(4, 4), "model.layers.0.mlp.up_proj.weight": torch.zeros(4, 4)}


def named(encoder: DeepEncoder, layout: Layout) -> dict[str, torch.Tensor]:
    return {str(renamed(name, Layout.OURS, layout)): tensor for name, tensor in encoder.state_dict().items()}


def write_config(folder: Path) -> None:
    vision = native_vision_config(CONFIG).to_dict()
    content = {
        "model_type": "deepseek_ocr2",
        "vision_config": vision,
        "text_config": {"hidden_size": CONFIG.output_dim},
    }
    (folder / "config.json").write_text(json.dumps(content), encoding="utf-8")


def write_shards(folder: Path, tensors: dict[str, torch.Tensor], num_shards: int = 3) -> None:
    names = sorted(tensors)
    weight_map = {
        name: f"model-{index % num_shards + 1:05}-of-{num_shards:06}.safetensors" for index, name in enumerate(names)
    }
    for file in set(weight_map.values()):
        save_file({name: tensors[name] for name in names if weight_map[name] == file}, folder / file)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")


@pytest.fixture
def encoder() -> DeepEncoder:
    torch.manual_seed(0)
    return DeepEncoder(CONFIG)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_config(tmp_path)
    return tmp_path


@pytest.mark.parametrize("layout", [Layout.OFFICIAL, Layout.NATIVE])
@pytest.mark.parametrize("sharded", [False, True])
def test_a_folder_of_either_layout_is_read_whole(
    folder: Path, encoder: DeepEncoder, layout: Layout, sharded: bool
) -> None:
    tensors = {**named(encoder, layout), **DECODER}
    if sharded:
        write_shards(folder, tensors)
    else:
        save_file(tensors, folder / "model.safetensors")
    loaded = load_encoder(folder, dtype=torch.float32)
    assert not loaded.training
    for name, tensor in encoder.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor)


def test_the_loaded_encoder_runs_in_the_dtype_asked_for(folder: Path, encoder: DeepEncoder) -> None:
    save_file(named(encoder, Layout.OFFICIAL), folder / "model.safetensors")
    loaded = load_encoder(folder, dtype=torch.bfloat16)
    assert {weight.dtype for weight in loaded.parameters()} == {torch.bfloat16}
    assert loaded.encode_views(torch.randn(1, 3, 768, 768)).shape == (1, 144, CONFIG.output_dim)


def test_shards_that_hold_only_the_decoder_need_not_be_there(folder: Path, encoder: DeepEncoder) -> None:
    write_shards(folder, named(encoder, Layout.OFFICIAL), num_shards=1)
    index = folder / "model.safetensors.index.json"
    content = json.loads(index.read_text(encoding="utf-8"))
    content["weight_map"]["lm_head.weight"] = "model-00009-of-000009.safetensors"
    index.write_text(json.dumps(content), encoding="utf-8")
    load_encoder(folder, dtype=torch.float32)


def test_one_error_lists_all_that_is_missing_unknown_and_misshapen(folder: Path, encoder: DeepEncoder) -> None:
    tensors = named(encoder, Layout.OFFICIAL)
    del tensors["model.view_seperator"], tensors["model.qwen2_model.query_768.weight"]
    tensors["model.sam_model.blocks.0.attn.extra"] = torch.zeros(1)
    tensors["model.projector.layers.bias"] = torch.zeros(7)
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(WeightsMismatch) as caught:
        load_encoder(folder, dtype=torch.float32)
    message = str(caught.value)
    assert "4 tensors" in message
    assert "missing: model.view_seperator" in message
    assert "missing: model.qwen2_model.query_768.weight" in message
    assert "unknown: model.sam_model.blocks.0.attn.extra" in message
    assert f"misshapen: model.projector.layers.bias is [7], not [{CONFIG.output_dim}]" in message


def test_a_folder_without_weights_is_unavailable(folder: Path) -> None:
    with pytest.raises(EngineUnavailable, match="holds no safetensors"):
        load_encoder(folder, dtype=torch.float32)


def test_a_missing_shard_is_unavailable(folder: Path, encoder: DeepEncoder) -> None:
    write_shards(folder, named(encoder, Layout.OFFICIAL))
    next(folder.glob("*-00002-*.safetensors")).unlink()
    with pytest.raises(EngineUnavailable, match=r"model-00002-of-000003\.safetensors cannot be read"):
        load_encoder(folder, dtype=torch.float32)


def test_a_broken_file_is_unavailable(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\x00" * 64)
    with pytest.raises(EngineUnavailable, match="cannot be read"):
        load_encoder(folder, dtype=torch.float32)


@pytest.mark.parametrize("file", ["../elsewhere.safetensors", "/etc/passwd", "a/b.safetensors", ""])
def test_an_index_that_points_elsewhere_is_refused(folder: Path, file: str) -> None:
    index = {"weight_map": {"model.view_seperator": file}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    with pytest.raises(EngineUnavailable, match="points outside its folder"):
        load_encoder(folder, dtype=torch.float32)


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"vision_config": {"sam_config": {"hidden_size": 7}}}', '{"vision_config": 3}']
)
def test_a_configuration_that_makes_no_encoder_is_unavailable(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content, encoding="utf-8")
    with pytest.raises(EngineUnavailable, match=r"config\.json"):
        load_encoder(folder, dtype=torch.float32)


@pytest.mark.parametrize("weight_map", ["[]", "null", '{"model.view_seperator": 3}'])
def test_an_index_without_a_map_of_names_is_unavailable(folder: Path, weight_map: str) -> None:
    (folder / "model.safetensors.index.json").write_text(f'{{"weight_map": {weight_map}}}', encoding="utf-8")
    with pytest.raises(EngineUnavailable, match=r"index\.json"):
        load_encoder(folder, dtype=torch.float32)
