"""Grounded spans into blocks, one page at a time, each block as soon as its span is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from model_runtime.grounding import GroundedSpan, parse
from ocr2_loaders import identity
from ocr2_loaders.blocks.block import Block
from ocr2_loaders.blocks.label import BlockLabel, is_known, label_of
from ocr2_loaders.blocks.part import Part, parts_of
from ocr2_loaders.blocks.splitting import Kind, pieces_of

_NONE_TOLD: Mapping[int, float] = MappingProxyType({})
_BEHIND_TABLE = frozenset({"table_caption", "table_footnote"})
_REAL_WITHOUT_TEXT = frozenset({BlockLabel.FIGURE, BlockLabel.TABLE})
_SHARED = "the model wrote more than one thing into the boxes of this block"


def blocks_of(
    transcript: str, *, page_index: int, file_sha256: str, confidences: Mapping[int, float] = _NONE_TOLD
) -> tuple[Block, ...]:
    """The blocks of a whole transcript, in the order in which the model wrote them.

    `confidences` are those of its spans, by their starts in the transcript.
    """
    maker = BlockMaker(page_index, file_sha256, confidences)
    return (*(block for span in parse(transcript) for block in maker.add(span)), *maker.close())


class BlockMaker:
    """Makes the blocks of one page out of its spans, each block as soon as no later span can change it."""

    def __init__(self, page_index: int, file_sha256: str, confidences: Mapping[int, float] = _NONE_TOLD) -> None:
        self._page_index = page_index
        self._file_sha256 = file_sha256
        self._confidences = confidences
        self._position = 0
        self._held: list[GroundedSpan] = []

    def add(self, span: GroundedSpan) -> list[Block]:
        """The blocks that this span completed."""
        return [block for settled, body in self._settled_by(span) for block in self._blocks(settled, body)]

    def close(self) -> list[Block]:
        """The blocks that still waited for another span."""
        held, self._held = self._held, []
        return [block for span in held for block in self._blocks(span, span.body)]

    def _settled_by(self, span: GroundedSpan) -> Iterator[tuple[GroundedSpan, str]]:
        """Spans with their bodies, except that a table gets the HTML that the model wrote behind the table's caption.

        The model may write the tag of a table, then the tag of its caption or footnote, the words of that, and then the
        table's HTML. Tags keep their order.
        """
        held = self._held
        if held and span.label in _BEHIND_TABLE:
            held.append(span)
            if any(kind is Kind.TABLE for kind, _ in pieces_of(span.body)):
                yield from _table_moved_up(held)
                self._held = []
            return
        self._held = [span] if span.label == "table" and not span.text else []
        yield from ((waiting, waiting.body) for waiting in held)
        if not self._held:
            yield span, span.body

    def _blocks(self, span: GroundedSpan, body: str) -> Iterator[Block]:
        parts = _parts(span, body)
        shared = (_SHARED,) if len(parts) > 1 and span.boxes else ()
        for part in parts:
            yield Block(
                id=identity.block_id(self._file_sha256, self._page_index, self._position),
                label=part.label,
                model_label=span.label,
                text=part.text,
                markdown=part.markdown,
                boxes=span.boxes,
                page_index=self._page_index,
                reading_order=self._position,
                heading_level=part.heading_level,
                table=part.table,
                latex=part.latex,
                notes=(*span.notes, *part.notes, *shared),
                confidence=self._confidences.get(span.start),
            )
            self._position += 1


def _parts(span: GroundedSpan, body: str) -> list[Part]:
    """The parts of a body; of a figure or table without one, that it is there; of a label that is text, this text."""
    label = label_of(span.label)
    if not body.strip() and span.label and not is_known(span.label):
        return parts_of(BlockLabel.TEXT, span.label, is_tagged=True)
    parts = parts_of(label, body, is_tagged=span.label is not None)
    if not parts and label in _REAL_WITHOUT_TEXT:
        return [Part(label, "", "")]
    return parts


def _table_moved_up(held: list[GroundedSpan]) -> Iterator[tuple[GroundedSpan, str]]:
    table, *between, last = held
    pieces = list(pieces_of(last.body))
    yield table, "\n".join(piece for kind, piece in pieces if kind is Kind.TABLE)
    yield from ((span, span.body) for span in between)
    yield last, "\n\n".join(piece for kind, piece in pieces if kind is not Kind.TABLE)
