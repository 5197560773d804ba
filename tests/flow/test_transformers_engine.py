"""The example document through the whole model, whose weights here are noise: every page ends, and says how."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

import ocr2_loaders
from model_runtime.contract import FinishReason
from model_runtime.engines.transformers import TransformersEngine, TransformersSettings
from ocr2_loaders import LoadSettings, PageStatus, TranscriptionSettings
from ocr2_loaders.settings import RecoverySettings
from tests.support.cli import ROOT, ocr2

SAMPLE = ROOT / "examples" / "sample.pdf"
ENDINGS = {"1 input, 1 page: 1 truncated", "1 input, 1 page: 1 recovered"}
"""Noise has no end; where the embedded engine is installed, recovery reads the page with it."""


def test_every_page_ends_as_a_result_that_tells_of_its_end(small_model: Path) -> None:
    settings = LoadSettings(transcription=TranscriptionSettings(recovery=RecoverySettings(ways=())))
    engine = TransformersEngine(TransformersSettings(str(small_model), batch_size=2, max_new_tokens=16, max_crops=0))
    with engine:
        pages = list(ocr2_loaders.load(SAMPLE, engine=engine, settings=settings))
    assert [page.page_number for page in pages] == [1, 2, 3]
    for page in pages:
        assert page.status is PageStatus.TRUNCATED
        assert page.finish_reason is FinishReason.LENGTH
        assert page.error is None
        assert page.engine == engine.identity
        assert page.text.startswith("filler")


@pytest.fixture(scope="module")
def narrow_model(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a context that holds a page without crops and a few words."""
    folder = tmp_path_factory.mktemp("models") / "narrow"
    shutil.copytree(small_model, folder)
    config = json.loads((folder / "config.json").read_text())
    config["language_config"]["max_position_embeddings"] = 320
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_the_program_runs_a_model_folder(narrow_model: Path) -> None:
    run = ocr2("convert", SAMPLE, "--engine", "transformers", "--model", narrow_model, "--pages", "3", "--dpi", "60")
    assert run.returncode == 0, run.stderr
    assert run.stderr.splitlines()[-1] in ENDINGS


def test_the_program_streams_what_the_model_writes(narrow_model: Path) -> None:
    run = ocr2(
        "convert", SAMPLE, "--model", narrow_model, "--pages", "3", "--dpi", "60", "--stream", "--recovery", "off"
    )
    assert run.returncode == 0, run.stderr
    assert "engine 'auto' chose 'transformers'" in run.stderr
    assert run.stdout.startswith("filler")
    assert run.stderr.splitlines()[-1] in ENDINGS
