"""A paper over three pages, with everything that nodes are made of, and what the model writes for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from llama_index.core.schema import Document
from llama_index.readers.ocr2 import Ocr2Reader

from model_runtime.engines.replay import ReplayEngine
from tests.support.papers import write_paper

Read = Callable[..., list[Document]]


def span(label: str, box: str, text: str) -> str:
    return f"<|ref|>{label}<|/ref|><|det|>[[{box}]]<|/det|>\n{text}\n\n"


ROWS = "".join(f"<tr><td>{year}</td><td>{year % 97} tonnes</td></tr>" for year in range(1900, 2000))
TABLE = f"<table><tr><td>Year</td><td>Yield</td></tr>{ROWS}</table>"
PAGES = (
    span("title", "100, 50, 900, 80", "# Wheat")
    + span("sub_title", "100, 100, 900, 120", "## 1 Method")
    + span("text", "100, 130, 900, 300", "We counted the ears of wheat on every field. " * 12)
    + span("sub_title", "100, 310, 900, 330", "## 2 Results")
    + span("text", "100, 340, 900, 500", "Yields rose in every year. " * 12),
    span("text", "100, 50, 900, 90", "The table shows how much they rose.")
    + span("table", "100, 100, 900, 800", TABLE)
    + span("table_caption", "100, 810, 900, 830", "Table 1: Yield by year"),
    span("sub_title", "100, 50, 900, 80", "## 3 Outlook")
    + span("image", "100, 100, 900, 500", "")
    + span("image_caption", "100, 510, 900, 530", "Figure 1: A field of wheat")
    + span("text", "100, 540, 900, 600", "Yields may rise in every year to come."),
)
TITLES = ("Wheat", "Yield by year", "Outlook")


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "wheat.pdf", TITLES)


@pytest.fixture
def read(paper: Path) -> Read:
    """The paper's documents, as a reader with these options makes them."""

    def documents(texts: tuple[str, ...] = PAGES, extra_info: dict[str, object] | None = None, **options: object):
        return Ocr2Reader(engine=ReplayEngine.from_texts(texts), **options).load_data(paper, extra_info)

    return documents
