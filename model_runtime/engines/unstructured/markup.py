"""Unstructured elements written in the model's grounded markup."""

from __future__ import annotations

from collections.abc import Iterable

from model_runtime.engines.unstructured.element import Element, box_of
from model_runtime.grounding import written

_LABELS = {
    "Title": "title",
    "ListItem": "list",
    "List": "list",
    "Table": "table",
    "TableChunk": "table",
    "Image": "image",
    "Picture": "image",
    "Figure": "figure",
    "FigureCaption": "image_caption",
    "Caption": "image_caption",
    "Formula": "equation",
    "Header": "header",
    "PageHeader": "header",
    "Footer": "footer",
    "PageFooter": "footer",
    "Footnote": "footnote",
    "PageNumber": "page_number",
    "CodeSnippet": "code",
}
"""Every other type is running text."""
_CAPTIONS = frozenset({"FigureCaption", "Caption"})
_TABLES = frozenset({"Table", "TableChunk"})
_NOTHING = frozenset({"PageBreak"})


def markup(elements: Iterable[Element], width_px: int, height_px: int) -> str:
    """The transcript of one page, elements in their order."""
    elements = [each for each in elements if each.type not in _NOTHING]
    types = {each.element_id: each.type for each in elements}
    return "".join(_span(each, types, width_px, height_px) for each in elements)


def _span(element: Element, types: dict[str, str], width_px: int, height_px: int) -> str:
    box = box_of(element, width_px, height_px)
    return written(_label(element, types), [box.on_grid()] if box else [], _body(element))


def _label(element: Element, types: dict[str, str]) -> str:
    """A title below the first level is a heading; what a caption captions is told by its parent."""
    if element.type == "Title" and (element.metadata.category_depth or 0) > 0:
        return "sub_title"
    if element.type in _CAPTIONS and types.get(element.metadata.parent_id or "") in _TABLES:
        return "table_caption"
    return _LABELS.get(element.type, "text")


def _body(element: Element) -> str:
    text = (element.text or "").strip()
    if element.type == "Title":
        return f"{'#' * min(6, 1 + max(0, element.metadata.category_depth or 0))} {text}"
    if element.type == "ListItem":
        return f"- {text}"
    if element.type == "Formula":
        return rf"\[ {text} \]"
    if element.type in _TABLES and element.metadata.text_as_html:
        return element.metadata.text_as_html
    return text
