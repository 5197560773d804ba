"""What a paragraph is: a title, a heading, a caption, a list item, code or plain text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from model_runtime.engines.embedded.joining import joined
from model_runtime.engines.embedded.paragraph import Paragraph, caption_kind, list_marker
from model_runtime.engines.embedded.placed import PlacedBlock
from model_runtime.engines.embedded.rect import Rect

LARGER, LARGER_SCANNED = 1.22, 1.3
"""From this size on, relative to the body, text is a heading; sizes measured from ink are less exact."""
SECTION_SIZE = 1.12
"""Bold headings from this size on stand one level above those of the body's size."""
BOLD_SIZE, BOLD_SIZE_SCANNED = 0.9, 0.75
"""Smaller bold text is no heading."""
TITLE_SIZE = 1.35
MAX_HEADING_CHARACTERS = 180
MAX_HEADING_LINES = 4
CAPTION_DISTANCE_EM = 3.0
_NUMBERED = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\.?\s+(?=\S*[^\W\d_])|第[一二三四五六七八九十\d]+[章节]")
_SENTENCE_END = re.compile(r"[.,;:。，；：]$")


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What the paragraphs of a page are compared with. `title_size` is None where the document has no title here."""

    body_size: float
    scanned: bool
    title_size: float | None
    pictures: tuple[Rect, ...]
    tables: tuple[Rect, ...]
    compounds: frozenset[str]


def title_size(paragraphs: Sequence[Paragraph], body_size: float, page_index: int) -> float | None:
    """The largest size on the first page, when it is much larger than the body."""
    largest = max((paragraph.size for paragraph in paragraphs if _has_letters(paragraph)), default=0.0)
    return largest if page_index == 0 and largest >= TITLE_SIZE * body_size else None


def labelled(paragraph: Paragraph, style: PageStyle) -> PlacedBlock:
    """The paragraph with its label and its Markdown."""
    if paragraph.monospaced:
        return PlacedBlock("code", paragraph.rect, _fenced(paragraph))
    text = joined((line.text for line in paragraph.lines), style.compounds)
    caption = _caption_label(paragraph.rect, text, style)
    if caption:
        return PlacedBlock(caption, paragraph.rect, text)
    if _is_heading(paragraph, text, style):
        return _heading(paragraph, text, style)
    marker = list_marker(text)
    if marker:
        return PlacedBlock("list", paragraph.rect, _item(marker, text))
    return PlacedBlock("text", paragraph.rect, text)


def _caption_label(rect: Rect, text: str, style: PageStyle) -> str | None:
    """A paragraph that begins with a figure's number is a caption when it stands beside one or goes on with a mark."""
    caption = caption_kind(text)
    if caption is None:
        return None
    kind, has_mark = caption
    neighbours = style.tables if kind == "table" else style.pictures
    reach = CAPTION_DISTANCE_EM * style.body_size
    beside = any(_distance(rect, other) <= reach and rect.shares_width(other) > 0.3 for other in neighbours)
    return f"{kind}_caption" if has_mark or beside else None


def _distance(rect: Rect, other: Rect) -> float:
    return max(rect.y0 - other.y1, other.y0 - rect.y1, 0.0)


def _is_heading(paragraph: Paragraph, text: str, style: PageStyle) -> bool:
    too_long = len(text) > MAX_HEADING_CHARACTERS or len(paragraph.lines) > MAX_HEADING_LINES
    if too_long or "=" in text or not _has_letters(paragraph):
        return False
    ratio = paragraph.size / style.body_size
    if ratio >= (LARGER_SCANNED if style.scanned else LARGER):
        return True
    ends_sentence = _SENTENCE_END.search(text) is not None
    if paragraph.bold and ratio >= (BOLD_SIZE_SCANNED if style.scanned else BOLD_SIZE):
        return not ends_sentence
    is_numbered = _NUMBERED.match(text) is not None and len(paragraph.lines) == 1 and not ends_sentence
    return is_numbered and (paragraph.italic or (style.scanned and len(text) <= 60))


def _heading(paragraph: Paragraph, text: str, style: PageStyle) -> PlacedBlock:
    if style.title_size is not None and paragraph.size >= 0.98 * style.title_size:
        return PlacedBlock("title", paragraph.rect, f"# {text}")
    return PlacedBlock("sub_title", paragraph.rect, f"{'#' * _level(paragraph, text, style)} {text}")


def _level(paragraph: Paragraph, text: str, style: PageStyle) -> int:
    """From the section's number, else from its size."""
    numbered = _NUMBERED.match(text)
    if numbered and numbered["number"]:
        return min(6, 2 + numbered["number"].count("."))
    return 2 if paragraph.size >= SECTION_SIZE * style.body_size or style.scanned else 3


def _item(marker: str, text: str) -> str:
    is_numbered = any(character.isalnum() for character in marker)
    return text if is_numbered else f"- {text[len(marker) :].lstrip()}"


def _fenced(paragraph: Paragraph) -> str:
    """Lines as they stand, indented by the width of their font, between fences longer than any within."""
    left = paragraph.rect.x0
    lines = []
    for line in paragraph.lines:
        advance = line.rect.width / max(1, len(line.text))
        lines.append(" " * round((line.rect.x0 - left) / max(advance, 1.0)) + line.text)
    longest = max((len(run) for run in re.findall(r"`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join((fence, *lines, fence))


def _has_letters(paragraph: Paragraph) -> bool:
    return any(character.isalpha() for line in paragraph.lines for character in line.text)
