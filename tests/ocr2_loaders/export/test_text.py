from __future__ import annotations

from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export.text import TEXT
from ocr2_loaders.transcription import PageStatus
from tests.support.results import block, page_result


def test_pages_are_their_blocks_without_markup():
    pages = [
        page_result(block(text="One", markdown="# One"), block(text="First.")),
        page_result(block(text="a\tb", markdown="<table></table>"), page_index=1),
    ]
    assert "".join(TEXT.document(pages)) == "One\n\nFirst.\n\na\tb\n"


def test_a_failed_page_stands_in_its_place_in_brackets():
    page = page_result(status=PageStatus.FAILED, error=PageUnreadable("cannot be read"))
    assert "".join(TEXT.document([page])) == "[page 1 of report.pdf failed: cannot be read]\n"


def test_a_blank_page_is_not_left_out():
    assert "".join(TEXT.document([page_result(status=PageStatus.BLANK)])) == "[page 1 of report.pdf is blank]\n"
