import pytest

from ocr2_loaders.blocks import PageResult, PageStatus, reason_of
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.sources import FailedSource


def _failed(message: str, name: str = "a.pdf", hint: str | None = None) -> PageResult:
    error = Ocr2Error(message, hint=hint)
    source = FailedSource(name, f"some/{name}", error)
    return PageResult(PageFacts(source, page_index=2, num_pages=None), PageStatus.FAILED, error=error)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("a.pdf: page 3 cannot be loaded: its objects are damaged", "it cannot be loaded: its objects are damaged"),
        ("a.pdf: page 3: the filter x raised", "the filter x raised"),
        ("a.pdf is empty (0 bytes)", "it is empty (0 bytes)"),
        ("some/a.pdf holds no document", "it holds no document"),
        ("the host x cannot be found", "the host x cannot be found"),
        ("a.pdfs are odd", "a.pdfs are odd"),
    ],
)
def test_a_reason_does_not_name_the_file_and_the_page_again(message: str, reason: str) -> None:
    assert reason_of(_failed(message)) == reason
    assert reason_of(_failed(message, hint="do this")) == f"{reason}; do this"


def test_names_that_an_error_cut_are_known() -> None:
    name = "x" * 90 + ".pdf"
    assert reason_of(_failed(f"{'x' * 79}…: page 3 has no size", name)) == "it has no size"


def test_a_note_names_the_file_once() -> None:
    assert page_note(_failed("a.pdf is empty")) == "a.pdf cannot be read: it is empty"
