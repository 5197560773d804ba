"""A small benchmark of our own writing: ground truth in the schema of OmniDocBench, and its own blocks as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ocr2_loaders.bench.ground_truth import Element, GroundTruthPage

TABLE = "<table><tr><td>Year</td><td>Ships</td></tr><tr><td>1904</td><td>12</td></tr></table>"


def block(category: str, order: int | None, anno_id: int | None = None, **content: str) -> dict[str, Any]:
    return {"category_type": category, "order": order, "anno_id": anno_id, **content}


def page(name: str, blocks: Sequence[dict[str, Any]], **attributes: Any) -> dict[str, Any]:
    info = {"image_path": name, "page_attribute": attributes}
    return {"layout_dets": list(blocks), "page_info": info, "extra": {"relation": []}}


HARBOUR = page(
    "harbour_1.png",
    [
        block("header", None, text="Annals of the port"),
        block("title", 1, text="The harbour"),
        block("text_block", 2, text="Every morning the pilots went out to meet the ships."),
        block("table_caption", 3, text="Table 1: arrivals"),
        block("table", 4, html=TABLE, latex=r"\begin{tabular}{ll} Year & Ships \\ 1904 & 12 \end{tabular}"),
        block("text_block", 5, text="In winter the ice kept most of them at sea."),
        block("page_number", None, text="17"),
    ],
    data_source="book",
    language="english",
    layout="single_column",
    special_issue=["fuzzy_scan"],
)
FORMULAS = page(
    "formulas_2.png",
    [
        block("text_block", 1, text="The energy of a body at rest is"),
        block("equation_isolated", 2, latex="$$\nE = m c^{2}\n$$"),
        block("text_block", 3, text="and its momentum is zero, as everybody knows."),
    ],
    data_source="academic_literature",
    language="english",
    layout="double_column",
    special_issue=[],
)
PAGES = (HARBOUR, FORMULAS)


def write_dataset(folder: Path, pages: Iterable[dict[str, Any]] = PAGES) -> Path:
    """The JSON file of these pages in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "OmniDocBench.json"
    file.write_text(json.dumps(list(pages)), encoding="utf-8")
    return file


def markdown_of(known: GroundTruthPage) -> str:
    r"""A page's own blocks as the benchmark likes them: HTML tables, `\[ \]` around formulas, blank lines between."""
    blocks = sorted((*known.pool, *known.tables), key=lambda element: element.order)
    return "\n\n".join(_block(each) for each in blocks if each.order)


def _block(element: Element) -> str:
    if element.latex and not element.html:
        return "\\[" + element.latex.strip().strip("$").strip() + "\\]"
    return element.html or element.text


def write_predictions(folder: Path, pages: Iterable[GroundTruthPage]) -> Path:
    """One Markdown file a page, with the page's own blocks."""
    folder.mkdir(parents=True, exist_ok=True)
    for known in pages:
        (folder / f"{known.stem}.md").write_text(markdown_of(known), encoding="utf-8")
    return folder
