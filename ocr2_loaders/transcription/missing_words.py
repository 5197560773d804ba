"""The recall check: which of the words that a PDF page says it shows are not in its transcript."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape

from model_runtime.box import BoundingBox
from model_runtime.grounding import GroundedSpan, parse
from model_runtime.text_layer import TextLayer, TextRun

_FIGURES = frozenset({"image", "figure"})
_MIN_WORDS = 10
"""Fewer words say nothing: a page number and a stamp."""
_MIN_CHARS = 3
"""Shorter words are found in any text, and formulas are made of them."""
_TAG = re.compile(r"<[^<>]{1,200}>")
_NOT_OF_WORDS = re.compile(r"[\W_]+")
_WITHOUT_SPACES = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
"""Scripts whose words stand next to each other."""


def missing_words(layer: TextLayer | None, transcript: str) -> float | None:
    """The share of words, 0..1, that the transcript lacks; None where the text layer is no measure.

    Words inside the figures that the transcript found do not count: the model leaves them in the picture. A word may
    be hyphenated, spaced or spelled with ligatures in one place and not in the other.
    """
    if layer is None or layer.distrust is not None:
        return None
    spans = parse(transcript)
    words = Counter(_words(_outside(layer.runs, _figures(spans))))
    if words.total() < _MIN_WORDS:
        return None
    written = _written_letters(spans)
    missing = sum(count for word, count in words.items() if word not in written)
    return missing / words.total()


def relative_length(layer: TextLayer, transcript: str) -> float:
    """How many letters the transcript has for each letter of the text layer outside figures.

    A transcript that lacks words and is no shorter is no proof of anything: fonts may tell wrong characters.
    """
    spans = parse(transcript)
    num_letters = sum(len(_letters(run.text)) for run in _outside(layer.runs, _figures(spans)))
    return len(_written_letters(spans)) / max(1, num_letters)


def _written_letters(spans: Iterable[GroundedSpan]) -> str:
    return _letters(unescape(_TAG.sub(" ", " ".join(span.body for span in spans))))


def _figures(spans: Iterable[GroundedSpan]) -> list[BoundingBox]:
    return [box.on_page() for span in spans if span.label in _FIGURES for box in span.boxes]


def _outside(runs: Iterable[TextRun], figures: list[BoundingBox]) -> Iterator[TextRun]:
    for run in runs:
        if not run.rotated and not any(_holds(figure, run.box) for figure in figures):
            yield run


def _holds(figure: BoundingBox, box: BoundingBox) -> bool:
    """Whether the middle of `box` lies in the figure."""
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return figure.x0 <= x <= figure.x1 and figure.y0 <= y <= figure.y1


def _words(runs: Iterable[TextRun]) -> Iterator[str]:
    for run in runs:
        for spaced in run.text.split():
            word = _letters(spaced)
            if _WITHOUT_SPACES.search(word):
                yield from (word[start : start + 2] for start in range(0, len(word) - 1, 2))
            elif len(word) >= _MIN_CHARS:
                yield word


def _letters(text: str) -> str:
    """Letters and digits only, ligatures and case undone."""
    return _NOT_OF_WORDS.sub("", unicodedata.normalize("NFKC", text).casefold())
