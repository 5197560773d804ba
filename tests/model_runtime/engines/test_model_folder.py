"""Finding the model's files, without a network and without torch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from model_runtime.engines.model_folder import INDEX, PUBLISHED_MODEL, PUBLISHED_REVISION, ModelFolder, model_folder
from model_runtime.engines.registry import EngineOptions
from model_runtime.errors import EngineUnavailable
from model_runtime.install_line import install_line


def shards(folder: Path, *names: str) -> ModelFolder:
    for name in names:
        (folder / name).write_bytes(name.encode() * 5000)
    return ModelFolder(folder, folder.name)


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert model_folder(EngineOptions(model=str(tmp_path))) == ModelFolder(tmp_path, tmp_path.name)


@pytest.mark.parametrize("model", ["/nowhere/model", "./model", "model", "a/b/c", "~/no such model"])
def test_what_is_neither_a_folder_nor_an_id_is_refused(model: str) -> None:
    with pytest.raises(EngineUnavailable, match="there is no model folder"):
        model_folder(EngineOptions(model=model))


def test_the_index_says_which_files_hold_weights(tmp_path: Path) -> None:
    folder = shards(tmp_path, "a.safetensors", "b.safetensors", "other.safetensors")
    assert [path.name for path in folder.weight_files()] == ["a.safetensors", "b.safetensors", "other.safetensors"]
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": {"x": "b.safetensors", "y": "a.safetensors"}}))
    assert [path.name for path in folder.weight_files()] == ["a.safetensors", "b.safetensors"]
    (tmp_path / "a.safetensors").unlink()
    with pytest.raises(EngineUnavailable, match=r"lacks 1 of its 2 weight files: a\.safetensors"):
        folder.weight_files()


@pytest.mark.parametrize("weight_map", [None, {}, [], {"x": "../a.safetensors"}, {"x": "/etc/passwd"}, {"x": 3}])
def test_an_index_that_names_no_files_of_its_folder_is_refused(tmp_path: Path, weight_map: object) -> None:
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": weight_map}))
    with pytest.raises(EngineUnavailable, match="names no files of its folder"):
        ModelFolder(tmp_path, "model").weight_files()


def test_an_empty_folder_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match="holds no safetensors"):
        ModelFolder(tmp_path, "model").weight_files()


@pytest.mark.parametrize("content", [None, "{", "[]", "\xff"])
def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(EngineUnavailable, match=r"config\.json"):
        ModelFolder(tmp_path, "model").json("config.json")


def test_the_fingerprint_follows_the_content_and_not_the_place(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, other = (shards(tmp_path / name, "a.safetensors") for name in ("one", "other"))
    assert one.fingerprint() == other.fingerprint()
    (tmp_path / "other" / "config.json").write_text("{}")
    assert one.fingerprint() != other.fingerprint()
    (tmp_path / "one" / "config.json").write_text("{}")
    with (tmp_path / "one" / "a.safetensors").open("r+b") as file:
        file.write(b"\0")
    assert one.fingerprint() != other.fingerprint()


def _in_a_hub_cache(cache: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` where the hub cannot be reached and `cache` is what was fetched before."""
    environment = {**os.environ, "HF_HOME": str(cache), "HF_HUB_CACHE": str(cache / "hub"), "HF_HUB_OFFLINE": "1"}
    program = "from model_runtime.engines.registry import *\nfrom model_runtime.engines.model_folder import *\n" + code
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)


def test_a_model_that_cannot_be_fetched_is_an_error_in_words(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub")
    run = _in_a_hub_cache(tmp_path, "print(is_downloaded(EngineOptions())); model_folder(EngineOptions())")
    assert run.stdout.strip() == "False"
    assert f"the model {PUBLISHED_MODEL} cannot be fetched" in run.stderr
    assert "name a folder that holds it" in run.stderr


def test_a_fetched_model_is_the_pinned_commit_and_what_auto_takes(tmp_path: Path, small_model: Path) -> None:
    pytest.importorskip("huggingface_hub")
    snapshot = tmp_path / "hub" / "models--deepseek-ai--DeepSeek-OCR-2" / "snapshots" / PUBLISHED_REVISION
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(small_model, target_is_directory=True)
    code = "print(is_downloaded(EngineOptions())); print(open_engine().identity.model)"
    run = _in_a_hub_cache(tmp_path, code)
    assert run.stdout.splitlines()[0] == "True"
    assert run.stdout.splitlines()[1].startswith(f"{PUBLISHED_MODEL}@{PUBLISHED_REVISION} ")
    assert "engine 'auto' chose 'transformers'" in run.stderr


def test_auto_never_passes_over_a_named_model() -> None:
    code = (
        "import importlib.util as u; real = u.find_spec\n"
        "import model_runtime.engines.registry as r\n"
        "r.find_spec = lambda name: None if name in ('torch', 'vllm') else real(name)\n"
        "r.open_engine('auto', EngineOptions(model='some/model'))"
    )
    run = _in_a_hub_cache(Path("nowhere"), code)
    assert f"no engine that runs a model is installed; {install_line('transformers')}" in run.stderr
