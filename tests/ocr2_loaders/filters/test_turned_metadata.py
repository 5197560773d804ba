from __future__ import annotations

from pathlib import Path

import ocr2_loaders
from ocr2_loaders import LoadSettings
from ocr2_loaders.export.metadata import page_metadata
from ocr2_loaders.filters import turned
from tests.support.papers import write_paper
from tests.support.scripted import ScriptedEngine


def test_metadata_say_how_far_a_page_was_turned_and_only_then(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one", "two"])
    settings = LoadSettings(page_filters=(lambda page: turned(page, 90 * page.page_index),))
    first, second = ocr2_loaders.load(paper, settings=settings, engine=ScriptedEngine(lambda _: "words"))
    assert "page_turned_deg" not in page_metadata(first)
    metadata = page_metadata(second)
    assert metadata["page_turned_deg"] == 90
    assert metadata["page_width"] > metadata["page_height"]
