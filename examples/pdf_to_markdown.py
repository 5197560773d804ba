"""Prints a document as Markdown, each page as soon as it is read.

Run: python examples/pdf_to_markdown.py file.pdf
"""

from __future__ import annotations

import sys

import ocr2_loaders
from ocr2_loaders.export import MARKDOWN


def main() -> None:
    for piece in MARKDOWN.document(ocr2_loaders.load(sys.argv[1])):
        print(piece, end="", flush=True)


if __name__ == "__main__":
    main()
