"""Prints a document as Markdown, each page as soon as it is read.

Run: python examples/pdf_to_markdown.py file.pdf
"""

from __future__ import annotations

from program import run

import ocr2_loaders
from ocr2_loaders.export import MARKDOWN


def main(document: str) -> None:
    for piece in MARKDOWN.document(ocr2_loaders.load(document)):
        print(piece, end="", flush=True)


if __name__ == "__main__":
    run(main)
