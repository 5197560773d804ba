"""Where the prediction for a page lies."""

import pytest

from ocr2_loaders.bench import ProblemKind
from ocr2_loaders.bench.ground_truth import GroundTruthPage
from ocr2_loaders.bench.prediction_file import read_prediction

PAGE = GroundTruthPage("x.pdf_3.jpg")


@pytest.mark.parametrize("name", ["x.pdf_3.md", "x_3.mmd", "x_3.md", "x.pdf_3.jpg.md"])
def test_each_of_the_known_names_is_found(tmp_path, name):
    (tmp_path / name).write_text("text")
    assert read_prediction(tmp_path, PAGE).markdown == "text"


def test_the_first_of_the_known_names_is_taken(tmp_path):
    (tmp_path / "x_3.md").write_text("second")
    (tmp_path / "x.pdf_3.md").write_text("first")
    assert read_prediction(tmp_path, PAGE).markdown == "first"


def test_a_missing_file_is_named(tmp_path):
    file = read_prediction(tmp_path, PAGE)
    assert file.markdown is None
    assert file.problem.kind is ProblemKind.MISSING_PREDICTION


def test_bytes_that_are_no_utf8_are_named_and_the_rest_is_read(tmp_path):
    (tmp_path / "x.pdf_3.md").write_bytes(b"caf\xe9 au lait")
    file = read_prediction(tmp_path, PAGE)
    assert file.markdown == "caf\ufffd au lait"
    assert file.problem.kind is ProblemKind.UNREADABLE_PREDICTION


def test_line_ends_of_other_systems_are_line_ends(tmp_path):
    (tmp_path / "x.pdf_3.md").write_bytes(b"a\r\n\r\nb\rc")
    assert read_prediction(tmp_path, PAGE).markdown == "a\n\nb\nc"
