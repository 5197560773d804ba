"""The outline of a PDF reaches the headings of its pages, read anew or from the cache."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest

from ocr2_loaders import CacheSettings, LoadSettings, load, structured_document
from ocr2_loaders.pages.outline import OutlineEntry
from tests.support.page_sources import HELLO, new_pdf
from tests.support.scripted import ScriptedEngine

HEADINGS = ("# On Moss", "# Walls", "# Stone")


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Three pages; the outline names the headings of the last two, one below the other."""
    pdf = new_pdf([HELLO] * 3)
    with pdf.open_outline() as outline:
        walls = pikepdf.OutlineItem("Walls", 1)
        walls.children.append(pikepdf.OutlineItem("Stone", 2))
        outline.root.append(walls)
    path = tmp_path / "moss.pdf"
    pdf.save(path)
    return path


def test_headings_get_the_level_of_their_entry(pdf: Path, tmp_path: Path) -> None:
    settings = LoadSettings(cache=CacheSettings(folder=tmp_path / "cache"))
    engine = ScriptedEngine(lambda request: HEADINGS[request.page_index])
    for _ in range(2):
        pages = list(load(pdf, settings=settings, engine=engine))
        assert [page.outline for page in pages] == [(), (OutlineEntry("Walls", 1),), (OutlineEntry("Stone", 2),)]
        blocks = [b for page in structured_document(pages).pages for b in page.blocks]
        assert [b.heading_level for b in blocks] == [1, 2, 3]
        assert blocks[-1].heading_path == ("On Moss", "Walls", "Stone")
    assert len(engine.requests) == len(HEADINGS)
