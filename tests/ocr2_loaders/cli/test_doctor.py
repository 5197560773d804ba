import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ocr2_loaders.cli.app import app
from tests.support.absent import python_without
from tests.support.cli import ocr2


def test_every_engine_is_ready_or_says_why_not() -> None:
    run = ocr2("doctor")
    lines = run.stdout.splitlines()
    engines = lines[lines.index("Engines") + 1 :]
    assert {line.split(":")[0].strip() for line in engines} >= {"transformers", "embedded", "replay"}
    assert any(line.startswith("  replay: engine 'replay' needs transcripts") for line in engines)
    assert any("of memory" in line for line in lines)
    assert run.returncode == (0 if "  embedded: ready" in engines or "  transformers: ready" in engines else 1)


def doctor_here(model: Path) -> Result:
    """`ocr2 doctor --model` without a process of its own: what takes seconds to import is imported once."""
    return CliRunner().invoke(app, ["doctor", "--model", str(model)], catch_exceptions=False)


def test_a_whole_model_folder_fits(small_model: Path) -> None:
    run = doctor_here(small_model)
    assert run.exit_code == 0
    assert "  transformers: ready" in run.stdout
    assert "  everything is there and fits" in run.stdout.splitlines()
    assert "Pages can be read on this machine, with" in run.stdout.splitlines()[-1]
    assert "decoder of 3 layers, 32 wide, 4 experts" in run.stdout


def test_everything_that_is_wrong_with_a_model_folder_is_listed(small_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(small_model, folder)
    config = json.loads((folder / "config.json").read_text())
    config["language_config"] |= {"num_hidden_layers": 4, "moe_intermediate_size": 16}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text("{}")
    run = doctor_here(folder)
    assert run.exit_code == 1
    assert "missing: model.layers.3.input_layernorm.weight" in run.stdout
    assert "more" in run.stdout.splitlines()[-3]
    assert run.stdout.splitlines()[-1] == "The model cannot be run. Exit status 1."
    assert "tokenizer.json cannot be read" in run.stdout


@pytest.mark.parametrize("harm", ["shard is missing", "shard is torn", "folder is missing"])
def test_a_model_that_is_not_whole_says_what_is_missing(small_model: Path, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "model"
    if harm != "folder is missing":
        shutil.copytree(small_model, folder)
        shard = sorted(folder.glob("*.safetensors"))[1]
        content = shard.read_bytes()
        shard.unlink()
        if harm == "shard is torn":
            shard.write_bytes(content[:-10])
    run = doctor_here(folder)
    assert run.exit_code == 1
    wanted = {
        "shard is missing": "lacks 1 of its 3",
        "shard is torn": "no whole safetensors",
        "folder is missing": "no model",
    }
    assert wanted[harm] in run.stdout


def test_engines_without_a_server_say_what_they_need_and_not_that_they_are_ready() -> None:
    pytest.importorskip("openai")
    pytest.importorskip("unstructured_client")
    run = ocr2("doctor")
    assert "  endpoint: engine 'endpoint' needs a server; give --endpoint or OCR2_ENDPOINT_BASE_URLS" in run.stdout
    assert "  unstructured: engine 'unstructured' needs a server; give OCR2_UNSTRUCTURED_SERVER_URL" in run.stdout
    named = ocr2("doctor", OCR2_UNSTRUCTURED_SERVER_URL="http://127.0.0.1:9")
    assert "  unstructured: sends pages to http://127.0.0.1:9, which was not asked now" in named.stdout


def test_without_any_engine_the_last_line_says_so_as_the_exit_status_does() -> None:
    code = "import sys; sys.argv = ['ocr2', 'doctor']; from ocr2_loaders.cli import main; main()"
    run = python_without("rapidocr", "onnxruntime", "torch", "transformers", "vllm", code=code)
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1].startswith("No engine can read pages on this machine")
    assert run.stdout.splitlines()[-1].endswith("Exit status 1.")
    assert ": ready" not in run.stdout
