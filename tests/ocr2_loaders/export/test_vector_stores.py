"""Documents of every mode in real vector stores, by the stores' own clients."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.errors import PageTimeout
from ocr2_loaders.export.flat_document import DocumentMode, flat_documents
from ocr2_loaders.transcription import PageStatus
from tests.support.results import changed, table_block, text_block, third_page
from tests.support.vector_stores import STORES, Stored, assert_storable

MODES: tuple[DocumentMode, ...] = ("single", "page", "block", "chunk")


def stored(mode: DocumentMode) -> list[Stored]:
    """A page with several kinds of block, and one that failed."""
    heading = replace(text_block("Yields", 0), label=BlockLabel.HEADING, heading_level=1)
    page = third_page(heading, replace(table_block(), reading_order=1), text_block("Größe ≥ 3 \N{GRINNING FACE}", 2))
    failed = changed(third_page(status=PageStatus.FAILED), page_index=3, error=PageTimeout("late"))
    return [Stored(each.id, each.text, each.metadata) for each in flat_documents([page, failed], mode)]


@pytest.mark.parametrize("mode", MODES)
def test_metadata_suits_the_pickiest_store(mode: DocumentMode) -> None:
    for each in stored(mode):
        assert_storable(each.metadata)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("store", STORES)
def test_what_is_written_is_read_back_equal(store: str, mode: DocumentMode, tmp_path: Path) -> None:
    pytest.importorskip(store)
    written = stored(mode)
    read = STORES[store](tmp_path / store, written)
    assert sorted(read, key=lambda each: each.id) == sorted(written, key=lambda each: each.id)
