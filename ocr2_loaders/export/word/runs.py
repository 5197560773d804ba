"""Inline markup as Word's runs and equations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ocr2_loaders.export.inline import Run, runs_of
from ocr2_loaders.export.word.equation import equation_of
from ocr2_loaders.export.xml_text import xml_text

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_FONT = {"b": "bold", "i": "italic", "u": "underline", "sup": "superscript", "sub": "subscript"}


def add_runs(paragraph: Paragraph, markdown: str) -> None:
    """Adds what `markdown` says to the end of the paragraph."""
    add_all(paragraph, runs_of(markdown))


def add_all(paragraph: Paragraph, runs: Iterable[Run]) -> None:
    for run in runs:
        if run.is_formula:
            _add_formula(paragraph, run)
        else:
            _add_words(paragraph, run)


def add_code(paragraph: Paragraph, text: str) -> None:
    """Lines and spaces stay as they are."""
    paragraph.add_run(xml_text(text))


def _add_words(paragraph: Paragraph, run: Run) -> None:
    added = paragraph.add_run(xml_text(run.text))
    for style in run.styles:
        setattr(added.font, _FONT[style], True)


def _add_formula(paragraph: Paragraph, run: Run) -> None:
    """LaTeX that cannot be read stays LaTeX, set apart by its typeface."""
    equation = equation_of(run.text, is_display=run.is_display)
    if equation is None:
        paragraph.add_run(xml_text(run.text)).font.name = "Courier New"
    else:
        paragraph._p.append(equation)  # noqa: SLF001 - the library has no equations of its own
