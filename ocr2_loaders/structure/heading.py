"""A heading, and what its own page says about its level."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.structure.heading_number import readings_of
from ocr2_loaders.structure.numbering import Numbering

_SHORTEST_PT = 0.01
"""What is shorter is no printed line; sizes of pages come from files and can be next to nothing."""
_ADVANCE_TO_LINE = 0.42
"""How wide a character is on average, as a share of the height of its line, line spacing included."""
_FIRST_WIDE = "\u2e80"
"""From here on Unicode has the scripts whose characters fill a square."""
_SHORTEST_PART = 8
_LONGEST_IN_OUTLINE = 250
_CLOSING_NAMES = """
references bibliography appendix appendices literatur literaturverzeichnis anhang références bibliographie annexe
referencias bibliografía 参考文献 附录
"""
_STANDARD_NAMES = """
abstract summary introduction conclusion conclusions acknowledgements acknowledgments acknowledgement acknowledgment
contents preface foreword index glossary zusammenfassung einleitung fazit danksagung inhaltsverzeichnis vorwort résumé
remerciements sommaire resumen agradecimientos 摘要 引言 结论 致谢 目录 前言
"""
_CLOSING = frozenset(_CLOSING_NAMES.split())
"""Behind these, numbers begin anew."""
_STANDARD = _CLOSING | frozenset(_STANDARD_NAMES.split())


@dataclass(frozen=True, slots=True)
class Heading:
    """`mark` is the level that the model's `#` marks give. `depth` is the numbering's, `outline_depth` that of the PDF
    outline's entry, both from 1. `size_pt` is the height of one of its lines as its box has it. `is_standard` is said
    of names that stand outside the numbers beside the outermost sections, such as "References".
    """

    block_id: str
    text: str
    mark: int
    depth: int | None = None
    outline_depth: int | None = None
    size_pt: float | None = None
    is_standard: bool = False
    is_first: bool = False


class HeadingReader:
    """Reads the headings of one document, page after page."""

    def __init__(self) -> None:
        self._numbering = Numbering()
        self._is_first = True

    def headings_of(self, page: PageResult, blocks: Sequence[Block]) -> list[Heading]:
        """Those of `blocks` that are headings: by their kind, or because the PDF outline names them."""
        entries = [(_words_of(entry.title), entry) for entry in page.outline]
        return list(self._read(page, blocks, entries))

    def _read(
        self, page: PageResult, blocks: Sequence[Block], entries: list[tuple[str, OutlineEntry]]
    ) -> Iterator[Heading]:
        for block in blocks:
            is_heading = block.heading_level is not None
            if not is_heading and not (entries and _may_be_heading(block)):
                continue
            entry = _taken_entry(entries, block.text, whole_only=not is_heading)
            if is_heading or entry:
                yield self._heading(block, entry, page)

    def _heading(self, block: Block, entry: OutlineEntry | None, page: PageResult) -> Heading:
        words = _letters(block.text)
        depth = self._numbering.depth_of(block.text)
        if depth is None and words in _CLOSING:
            self._numbering.close()
        heading = Heading(
            block.id,
            block.text,
            mark=block.heading_level or 2,
            depth=depth,
            outline_depth=entry.depth if entry else None,
            size_pt=_line_height_pt(block, page),
            is_standard=words in _STANDARD,
            is_first=self._is_first,
        )
        self._is_first = False
        return heading


def _may_be_heading(block: Block) -> bool:
    return block.label is BlockLabel.TEXT and len(block.text) <= _LONGEST_IN_OUTLINE


def _taken_entry(entries: list[tuple[str, OutlineEntry]], text: str, *, whole_only: bool) -> OutlineEntry | None:
    """The first entry that names this heading, which then names no other."""
    words = _words_of(text)
    for place, (title, entry) in enumerate(entries):
        if words and (title == words or (not whole_only and _is_part(title, words))):
            del entries[place]
            return entry
    return None


def _is_part(title: str, words: str) -> bool:
    """Outlines cut long headings, and models read two headings as one."""
    shorter, longer = sorted((title, words), key=len)
    return len(shorter) >= _SHORTEST_PART and longer.startswith(shorter)


def _words_of(heading: str) -> str:
    """Letters and digits only, without the number in front."""
    heading = heading.strip()
    readings = readings_of(heading)
    return _letters(heading[readings[0].end :]) if readings else _letters(heading)


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _line_height_pt(block: Block, page: PageResult) -> float | None:
    """The box's height shared among as many lines as its words need at that width."""
    box = block.bounding_box
    if box is None:
        return None
    width, height = box.width * page.width_pt, box.height * page.height_pt
    if width < _SHORTEST_PT or height < _SHORTEST_PT:
        return None
    num_widths = sum(2 if char >= _FIRST_WIDE else 1 for char in block.text)
    return height / max(1, round(math.sqrt(_ADVANCE_TO_LINE * num_widths * height / width)))
