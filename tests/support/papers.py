"""Small PDFs, the same bytes whenever they are built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas


def write_paper(path: Path, pages: Sequence[str]) -> Path:
    """A PDF with one line of text on each page."""
    canvas = Canvas(str(path), invariant=1)
    for text in pages:
        canvas.drawString(72, 720, text)
        canvas.showPage()
    canvas.save()
    return path


def transcript(title: str, words: str) -> str:
    """What the model writes for a page with a title and a paragraph."""
    return (
        f"<|ref|>title<|/ref|><|det|>[[100, 50, 900, 80]]<|/det|>\n# {title}\n\n"
        f"<|ref|>text<|/ref|><|det|>[[100, 100, 900, 200]]<|/det|>\n{words}\n\n"
    )


TABLE_TRANSCRIPT = (
    "<|ref|>table<|/ref|><|det|>[[100, 50, 900, 400]]<|/det|>\n"
    "<table><tr><td>Year</td><td>Yield</td></tr>"
    + "".join(f"<tr><td>{year}</td><td>{year % 97} tonnes</td></tr>" for year in range(1900, 2000))
    + "</table>\n\n"
)
"""A table whose HTML is far longer than a small chunk."""
