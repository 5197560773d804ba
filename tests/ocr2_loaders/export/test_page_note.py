from __future__ import annotations

import pytest

from ocr2_loaders.errors import PageTimeout, SourceNotFound
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.sources.source import FailedSource
from ocr2_loaders.transcription import PageStatus
from tests.support.results import block, page_result


@pytest.mark.parametrize("status", [PageStatus.OK, PageStatus.RECOVERED])
def test_a_page_whose_content_is_whole_needs_no_note(status: PageStatus):
    assert page_note(page_result(block(), status=status)) is None


def test_a_failed_page_is_named_with_its_reason():
    error = PageTimeout("the page took longer than 30 s", hint="raise page_timeout_s")
    page = page_result(status=PageStatus.FAILED, page_index=2, error=error)
    assert page_note(page) == "page 3 of report.pdf failed: the page took longer than 30 s; raise page_timeout_s"


def test_a_blank_page_is_named():
    assert page_note(page_result(status=PageStatus.BLANK)) == "page 1 of report.pdf is blank"


@pytest.mark.parametrize("status", [PageStatus.TRUNCATED, PageStatus.LOOPED])
def test_a_page_that_is_not_whole_is_named(status: PageStatus):
    note = page_note(page_result(block(), status=status))
    assert note is not None
    assert note.startswith("page 1 of report.pdf is cut off: ")


def test_a_source_that_cannot_be_had_is_no_page():
    error = SourceNotFound("nothing is at missing.pdf")
    page = page_result(
        source=FailedSource("missing.pdf", "missing.pdf", error), status=PageStatus.FAILED, error=error, num_pages=None
    )
    assert page_note(page) == "missing.pdf cannot be read: nothing is at missing.pdf"


def test_control_characters_in_names_and_reasons_are_harmless():
    error = PageTimeout("line one\nline two\x1b[2J")
    note = page_note(page_result(status=PageStatus.FAILED, error=error))
    assert note == "page 1 of report.pdf failed: line one line two\\x1b[2J"
