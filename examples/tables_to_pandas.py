"""Prints every table of a document as a pandas DataFrame, with its page and its caption.

A cell that spans rows or columns stands in each of its places, so that rows can be filtered and grouped.

Run: python examples/tables_to_pandas.py file.pdf
Needs: pip install -e ".[embedded]" pandas (in the clone)
"""

from __future__ import annotations

from program import run

import pandas as pd

import ocr2_loaders
from ocr2_loaders import Table
from ocr2_loaders.structure import structured_pages


def main(document: str) -> None:
    for page in structured_pages(ocr2_loaders.load(document, strict=True)):
        texts = {each.block.id: each.block.text for each in page.blocks}
        for each in page.blocks:
            if each.block.table:
                caption = " ".join(texts[caption_id] for caption_id in each.caption_ids if caption_id in texts)
                print(f"Page {each.block.page_number}: {caption or 'a table without a caption'}")
                print(frame_of(each.block.table), end="\n\n")


def frame_of(table: Table) -> pd.DataFrame:
    """Several header rows become column names of several levels; without any, columns have numbers."""
    header, body = table.rows[: table.num_header_rows], table.rows[table.num_header_rows :]
    frame = pd.DataFrame(list(body))
    if len(header) == 1:
        frame.columns = pd.Index(header[0])
    elif header:
        frame.columns = pd.MultiIndex.from_arrays(list(header))
    return frame


if __name__ == "__main__":
    run(main)
