from __future__ import annotations

from io import BytesIO

import docx
import pytest

from ocr2_loaders.errors import PageUnreadable
from ocr2_loaders.export.format import Format
from ocr2_loaders.export.formats import FORMATS
from ocr2_loaders.structure import structured_pages
from ocr2_loaders.transcription import PageStatus
from tests.support.results import page_result


def test_the_formats_are_those_that_the_command_line_offers():
    assert list(FORMATS) == ["markdown", "html", "text", "json", "docx", "unstructured", "docling"]


def test_no_two_formats_share_a_file_name():
    assert len({each.suffix for each in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_a_failed_page_is_seen_in_every_format(name: str):
    page = page_result(status=PageStatus.FAILED, error=PageUnreadable("the content stream ends early"))
    (structured,) = structured_pages([page])
    writer = FORMATS[name].writer()
    assert "the content stream ends early" in words_in(writer.add(structured) + writer.finish(), FORMATS[name])


def words_in(document: bytes, written_as: Format) -> str:
    if written_as.is_text:
        return document.decode()
    return "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(document)).paragraphs)
