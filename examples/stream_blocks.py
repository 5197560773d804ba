"""Prints the headings and tables of a document, each with its place on the page.

Run: python examples/stream_blocks.py file.pdf
"""

from __future__ import annotations

from program import run

import ocr2_loaders
from ocr2_loaders import Block, BlockLabel


def main(document: str) -> None:
    for page in ocr2_loaders.load(document):
        if page.error:
            print(page.error)
            continue
        print(f"page {page.page_number} of {page.num_pages}: {page.status}, {len(page.blocks)} blocks")
        for block in page.blocks:
            if block.label in (BlockLabel.TITLE, BlockLabel.HEADING):
                print(f"  {place(block)}  {block.text}")
            if block.table:
                print(f"  {place(block)}  a table of {len(block.table.rows)} rows")


def place(block: Block) -> str:
    """How far down the page the block begins; positions are relative, from 0 at the top left to 1."""
    box = block.bounding_box
    return f"{box.y0:4.0%}" if box else "   ?"


if __name__ == "__main__":
    run(main)
