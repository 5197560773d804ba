"""The transcription half of a benchmark run."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.bench import Metric, ProblemKind, ScoreSettings, load_dataset, score, transcribe
from ocr2_loaders.errors import OutputError
from tests.support.benchmark_pages import PAGES, write_dataset
from tests.support.papers import transcript

ALONE = ScoreSettings(num_workers=1, with_cdm=False)


def write_image(path: Path, words: str) -> None:
    image = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(image).text((20, 20), words, fill="black")
    image.save(path)


@pytest.fixture
def dataset(tmp_path):
    known = load_dataset(write_dataset(tmp_path))
    (tmp_path / "images").mkdir()
    for page in known.pages:
        write_image(known.images / page.image_name, page.image_name)
    return known


def engine(*words):
    return ReplayEngine.from_texts(transcript("Title", each) for each in words)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


def test_every_page_becomes_a_file_named_as_the_benchmark_wants_it(dataset, tmp_path):
    folder = tmp_path / "predictions"
    assert transcribe(dataset, folder, engine("first page", "second page")) == ()
    assert names(folder) == ["formulas_2.md", "harbour_1.md"]
    assert (folder / "harbour_1.md").read_text() == "# Title\n\nfirst page"
    assert score(dataset, folder, ALONE).figures[Metric.TEXT_EDIT].num_pages == len(PAGES)


def test_a_run_goes_on_where_it_stopped(dataset, tmp_path):
    folder = tmp_path / "predictions"
    folder.mkdir()
    (folder / "harbour_1.md").write_text("from the first run")
    (folder / ".formulas_2.md.part").write_text("cut o")
    transcribed = []
    transcribe(dataset, folder, engine("second page"), on_page=transcribed.append)
    assert [page.source.name for page in transcribed] == ["formulas_2.png"]
    assert (folder / "harbour_1.md").read_text() == "from the first run"
    assert (folder / "formulas_2.md").read_text().endswith("second page")
    assert names(folder) == ["formulas_2.md", "harbour_1.md"]


def test_where_nothing_is_left_to_do_no_engine_is_started(dataset, tmp_path):
    transcribe(dataset, tmp_path / "p", engine("a", "b"))
    assert transcribe(dataset, tmp_path / "p", "there is no such engine") == ()


def test_a_page_that_fails_is_named_and_tried_again_by_the_next_run(dataset, tmp_path):
    folder = tmp_path / "predictions"
    (problem,) = transcribe(dataset, folder, engine("only one transcript"))
    assert (problem.kind, problem.page) == (ProblemKind.FAILED_PAGE, "formulas_2.png")
    assert names(folder) == ["harbour_1.md"]
    assert transcribe(dataset, folder, engine("now it is there")) == ()
    assert names(folder) == ["formulas_2.md", "harbour_1.md"]


def test_a_missing_and_a_damaged_image_are_named(dataset, tmp_path):
    (dataset.images / "harbour_1.png").unlink()
    (dataset.images / "formulas_2.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    problems = transcribe(dataset, tmp_path / "p", engine("a", "b"))
    assert {problem.page for problem in problems} == {"harbour_1.png", "formulas_2.png"}
    assert {problem.kind for problem in problems} == {ProblemKind.FAILED_PAGE}


def test_a_blank_page_is_an_empty_file(dataset, tmp_path):
    Image.new("RGB", (320, 200), "white").save(dataset.images / "harbour_1.png")
    transcribe(dataset, tmp_path / "p", engine("words"))
    assert (tmp_path / "p" / "harbour_1.md").read_text() == ""


def test_a_folder_that_cannot_be_made_is_an_error(dataset, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(OutputError, match="cannot make"):
        transcribe(dataset, tmp_path / "taken", engine("a"))
