"""Pages that carry their number as upright stripes: every part of such a page, at any size, says which one it is."""

from __future__ import annotations

import zlib
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.support.openai_server.pages import transcript_of

WIDTH_PT, HEIGHT_PT = 200, 260
NUM_BITS = 16
GUARD = "1010"
"""The first stripes of every page, black is 1: a picture without them is none of these pages."""
_NUM_STRIPES = len(GUARD) + NUM_BITS
_STRIPE_PT = WIDTH_PT / _NUM_STRIPES

LOOP = "and the words of this page come again, then the sum is carried over to the next one of the accounts\n"
COPIES_TO_SEE = 40
"""Of `LOOP`: fewer could be a page's own."""


def write_striped_paper(path: Path, num_pages: int) -> Path:
    """A PDF without text; what its pages say is known to the server alone."""
    if num_pages > 1 << NUM_BITS:
        raise ValueError(f"{num_pages} pages do not fit into numbers of {NUM_BITS} stripes")
    canvas = Canvas(str(path), pagesize=(WIDTH_PT, HEIGHT_PT), invariant=1)
    for page in range(num_pages):
        for place, stripe in enumerate(_stripes(page)):
            if stripe == "1":
                canvas.rect(place * _STRIPE_PT, 0, _STRIPE_PT, HEIGHT_PT, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def number_in(png: bytes) -> int:
    """The number on a picture of a page or of a part of it; its first row is enough. Raises: ValueError."""
    width = int.from_bytes(png[16:20], "big")
    channels = 1 if png[25] == 0 else 3
    row = zlib.decompressobj().decompress(png[png.index(b"IDAT") + 4 :], 1 + width * channels)[1:]
    middles = (int((place + 0.5) * width / _NUM_STRIPES) * channels for place in range(_NUM_STRIPES))
    stripes = "".join("1" if row[middle] < 128 else "0" for middle in middles)
    if not stripes.startswith(GUARD):
        raise ValueError(f"a page without a number: {stripes}")
    return int(stripes[len(GUARD) :], 2)


def looping_transcript(page: int, num_copies: int) -> str:
    """What is written for a page that finds no end."""
    return transcript_of(page).rstrip() + "\n" + LOOP * num_copies


def _stripes(page: int) -> str:
    return f"{GUARD}{page:0{NUM_BITS}b}"
