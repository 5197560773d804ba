"""Builds sample.pdf: two born-digital pages and one that was only scanned, all of it text of our own.

The content is plain data, in reading order. The same versions of its packages write the same bytes every time.
Run: python examples/build_sample.py [file.pdf]
Needs: pip install -e . reportlab (in the clone)
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from program import run

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph, Preformatted, Spacer, Table, TableStyle
from reportlab.platypus import Image as Picture


class Piece(NamedTuple):
    """One block of the document: its label, as `ocr2_loaders` names labels, and its text without markup."""

    label: str
    text: str


HEADER = "Notes on reading machines"
FOOTER = "Written and set for the examples of OCR2 Loaders"
DOCUMENT_TITLE = "How a Page Becomes Tokens"

LEAD = (
    Piece("title", DOCUMENT_TITLE),
    Piece(
        "text",
        "A page has two dimensions and a language model has one: it reads token after token. Between the two lies a "
        "decision that every reader makes without noticing it, namely what comes next. These notes follow a page from "
        "its pixels to an ordered list of blocks.",
    ),
)
LEFT_COLUMN = (
    Piece("heading", "1 From ink to a grid"),
    Piece(
        "text",
        "A scanner knows nothing of letters. It delivers a few million numbers between black and white, and most of "
        "them are paper. A vision encoder begins by cutting the sheet into small squares, sixteen pixels on a side, "
        "and describes each square by a vector. A picture of 1024 by 1024 pixels becomes 4096 patches.",
    ),
    Piece(
        "text",
        "Four thousand vectors are too many for a decoder that pays for all of them at every step. Two convolutions, "
        "each with a stride of two, fold neighbouring patches together until one vector speaks for a square of "
        "sixty-four pixels. What is left is a grid of 16 by 16 visual tokens.",
    ),
    Piece("heading", "1.1 A closer look"),
    Piece(
        "text",
        "Small print does not survive this. A larger page is therefore also cut into as many as six crops of 768 by "
        "768 pixels, and each of them adds a grid of 12 by 12. With k crops the decoder sees",
    ),
    Piece("formula", "Nk = 162 + k · 122 = 256 + 144 k (1)"),
    Piece(
        "text",
        "visual tokens, never more than 1120. Table 1 lists what some pages cost, and Figure 1 shows the steps by "
        "which the price rises.",
    ),
    Piece("caption", "Table 1. Pages, their pixels and their visual tokens."),
    Piece("table", ""),
)
RIGHT_COLUMN = (
    Piece("figure", ""),
    Piece("caption", "Figure 1. Visual tokens by the number of crops."),
    Piece("heading", "2 From a grid to an order"),
    Piece(
        "text",
        "Row by row from the top left is how a television draws and how few pages want to be read. On two columns it "
        "sews the first line on the left to the first line on the right, and both sentences are lost.",
    ),
    Piece("heading", "2.1 Cutting along white space"),
    Piece(
        "text",
        "The classical remedy is older than the networks. Project the ink onto the horizontal axis: between two "
        "columns the projection falls to zero, and there the page may be cut. Go on with each part, now across, now "
        "down, until nothing divides any more. The method fails where white space does not run straight, in a "
        "newspaper for instance.",
    ),
    Piece("heading", "2.2 Learning what comes next"),
    Piece(
        "text",
        "A newer remedy lets the network choose. Learned queries stand behind the visual tokens; each of them looks at "
        "the whole page and at the queries before it, never at those behind. The decoder receives the queries alone, "
        "so the order of the page is settled before the first word is written.",
    ),
    Piece(
        "text",
        "Order deserves the effort, because its errors do not stay where they are made. A misread letter spoils a "
        "word. A misplaced column spoils an argument, and no index will mend it.",
    ),
)
SECOND_PAGE = (
    Piece("heading", "3 What should survive the journey"),
    Piece(
        "text",
        "Text is the easy part. A page also speaks through the places where it puts things: what stands above is more "
        "important than what stands below, what stands alone is a heading, and what stands in the same line belongs "
        "together. A conversion that keeps the words and drops the places has kept the smaller half.",
    ),
    Piece("heading", "3.1 Furniture"),
    Piece(
        "text",
        "Running headers, page numbers and footers are the furniture of a document. They help a person who leafs "
        "through it and disturb a machine that searches it, for a sentence that goes on overleaf is cut in two by "
        "whatever stands between. It is still better to name such lines than to delete them: a page number may be all "
        "that ties a quotation to its source.",
    ),
    Piece("heading", "3.2 Tables"),
    Piece(
        "text",
        "A table is a sentence with two subjects. The number 832 means nothing without the row that says banner and "
        "the column that says tokens. Flattened into running text, a table keeps its numbers and loses what they are "
        "numbers of. So its cells stay together, its header is repeated wherever it is divided, and a cell that spans "
        "several rows is said again in each of them.",
    ),
    Piece("heading", "3.3 Three habits"),
    Piece(
        "list",
        "Count the pages. A converter that returns nine pages out of ten has not converted nine tenths of a contract; "
        "it has lost a clause.",
    ),
    Piece(
        "list",
        "Keep the boxes. An answer that can point at its place on the page can be checked by anyone who looks.",
    ),
    Piece(
        "list",
        "Distrust silence. An empty page and a page that could not be read look the same in the output, unless "
        "somebody writes down which of the two it was.",
    ),
    Piece("heading", "4 A page that nobody typed"),
    Piece(
        "text",
        "The next page has no text layer. It was printed, laid askew on the glass and scanned in grey, as most of the "
        "world's paper has been. Nothing in the file says what its letters are; only the pixels do. All three pages "
        "come out of the same two lines:",
    ),
    Piece(
        "code",
        'for page in ocr2_loaders.load("examples/sample.pdf"):\n'
        "    print(page.page_number, page.status, page.markdown)",
    ),
)
SCANNED_PAGE = (
    Piece("heading", "A box of paper"),
    Piece(
        "text",
        "The box came up from the cellar in spring. It held the minutes of forty years, typed on four machines by at "
        "least six people, and the damp had been at all of them.",
    ),
    Piece(
        "text",
        "We scanned it in one afternoon. Nobody straightened the sheets, because nobody does. The rollers left grey "
        "streaks, the lamp left a shadow along the fold, and one sheet in twenty went through askew.",
    ),
    Piece("heading", "What we learned"),
    Piece(
        "text",
        "A slant of one degree is hard to see, and yet it lifts the end of a line by almost its own height. Specks of "
        "dust look like full stops. And the people who wrote these pages had been careful, so that a careless reading "
        "would have been an insult to them.",
    ),
    Piece(
        "text",
        "The minutes can be searched now. The question asked most often is still the one with which it all began: who "
        "had promised to mend the roof?",
    ),
)

TABLE_ROWS = (
    ("Kind", "Page", "Pixels", "Pixels", "Tokens"),
    ("Scan", "A4", "1241", "1754", "1120"),
    ("Scan", "Letter", "1224", "1584", "1120"),
    ("Scan", "Receipt", "500", "700", "256"),
    ("Photo", "Plate", "1024", "1024", "832"),
    ("Photo", "Banner", "3000", "800", "832"),
)
"""The full grid of Table 1; a cell that spans several places stands in each of them."""

TABLE_SPANS = (((2, 0), (3, 0)), ((0, 1), (0, 3)), ((0, 4), (0, 5)))
"""First and last (column, row) of the cells that span."""


def reading_order(page_number: int) -> tuple[Piece, ...]:
    """Every block of a page in the order in which it is to be read, header and footer included."""
    body = {1: LEAD + LEFT_COLUMN + RIGHT_COLUMN, 2: SECOND_PAGE, 3: SCANNED_PAGE}[page_number]
    return (Piece("header", HEADER), *body, Piece("footer", FOOTER), Piece("page_number", str(page_number)))


WIDTH, HEIGHT = A4
MARGIN = 20 * mm
GUTTER = 8 * mm
TEXT_WIDTH = WIDTH - 2 * MARGIN
COLUMN_WIDTH = (TEXT_WIDTH - GUTTER) / 2
TEXT_TOP = HEIGHT - 24 * mm
TEXT_BOTTOM = 24 * mm
INK = HexColor("#1f2933")
ACCENT = HexColor("#2f5d8a")

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10.8, leading=14.2, alignment=TA_JUSTIFY, spaceAfter=6, textColor=INK
)
LEAD_TEXT = ParagraphStyle("lead", BODY, fontName="Times-Italic", fontSize=12, leading=16)
WIDE_BODY = ParagraphStyle("wide", BODY, fontSize=11.8, leading=16.5, spaceAfter=9)
LARGE_BODY = ParagraphStyle("large", BODY, fontSize=13.5, leading=20.5, spaceAfter=13, alignment=TA_LEFT)
BULLET = ParagraphStyle("bullet", WIDE_BODY, leftIndent=14, bulletIndent=3)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=22, leading=26, spaceAfter=8, textColor=INK)
SECTION = ParagraphStyle(
    "section", fontName="Helvetica-Bold", fontSize=13.5, leading=17, spaceBefore=8, spaceAfter=5, textColor=ACCENT
)
SUBSECTION = ParagraphStyle("subsection", SECTION, fontSize=11.3, leading=14, spaceBefore=6, spaceAfter=4)
CAPTION = ParagraphStyle(
    "caption", fontName="Helvetica", fontSize=8.8, leading=11, alignment=TA_CENTER, spaceBefore=3, spaceAfter=5
)
CODE = ParagraphStyle("code", fontName="Courier", fontSize=9.5, leading=12.5, leftIndent=14, spaceBefore=2)
FORMULA = ParagraphStyle("formula", BODY, fontSize=12, leading=15, alignment=TA_CENTER)
FORMULA_MARKUP = "<i>N</i><sub><i>k</i></sub> = 16<super>2</super> + <i>k</i> · 12<super>2</super> = 256 + 144 <i>k</i>"
STYLES = {"title": TITLE, "caption": CAPTION, "list": BULLET}


def main(path: str | None = None) -> None:
    target = Path(path) if path else Path(__file__).with_name("sample.pdf")
    target.write_bytes(sample())
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB")


def sample() -> bytes:
    """The document as PDF bytes."""
    rl_config.useA85 = 0  # streams stay binary instead of growing by a quarter
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=True, pageCompression=True)
    canvas.setTitle(DOCUMENT_TITLE)
    canvas.setAuthor("The OCR2 Loaders authors")
    for draw, outline in ((draw_columns, "Columns"), (draw_second_page, "Running text"), (draw_scan, "A scan")):
        canvas.bookmarkPage(outline)
        canvas.addOutlineEntry(outline, outline)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def draw_columns(canvas: Canvas) -> None:
    """Page 1: a title across two columns, with a formula, a table and a figure."""
    lead_height = 33 * mm
    column_height = TEXT_TOP - TEXT_BOTTOM - lead_height
    draw_furniture(canvas, page_number=1)
    place(canvas, LEAD, (MARGIN, TEXT_TOP - lead_height, TEXT_WIDTH, lead_height), LEAD_TEXT)
    place(canvas, LEFT_COLUMN, (MARGIN, TEXT_BOTTOM, COLUMN_WIDTH, column_height), BODY)
    place(canvas, RIGHT_COLUMN, (WIDTH - MARGIN - COLUMN_WIDTH, TEXT_BOTTOM, COLUMN_WIDTH, column_height), BODY)


def draw_second_page(canvas: Canvas) -> None:
    """Page 2: running text in one column, with a list and a listing."""
    draw_furniture(canvas, page_number=2)
    place(canvas, SECOND_PAGE, (MARGIN, TEXT_BOTTOM, TEXT_WIDTH, TEXT_TOP - TEXT_BOTTOM), WIDE_BODY)


def draw_scan(canvas: Canvas) -> None:
    """Page 3: nothing but one grey picture."""
    canvas.drawImage(ImageReader(io.BytesIO(scanned(printed_page()))), 0, 0, WIDTH, HEIGHT)


def printed_page() -> bytes:
    """The page that is going to be scanned, as a PDF of its own."""
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4, invariant=True)
    draw_furniture(canvas, page_number=3)
    indented = 1.5 * MARGIN
    place(canvas, SCANNED_PAGE, (indented, TEXT_BOTTOM, WIDTH - 2 * indented, TEXT_TOP - TEXT_BOTTOM), LARGE_BODY)
    canvas.save()
    return written.getvalue()


def scanned(pdf: bytes, dpi: int = 150, degrees: float = 0.8) -> bytes:
    """The first page of `pdf` as a scanner sees it: grey, askew, a little soft and noisy; a JPEG."""
    with pdfium.PdfDocument(pdf) as document:
        paper = document[0].render(scale=dpi / 72, grayscale=True).to_pil()
    askew = paper.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    noise = np.random.default_rng(seed=2).normal(-8, 5, (askew.height, askew.width))
    grey = Image.fromarray(np.clip(np.asarray(askew) + noise, 0, 255).astype(np.uint8))
    written = io.BytesIO()
    grey.save(written, "JPEG", quality=55, dpi=(dpi, dpi))
    return written.getvalue()


def draw_furniture(canvas: Canvas, page_number: int) -> None:
    """The running header, the footer and the page number."""
    canvas.setFillColor(INK)
    canvas.setFont("Helvetica", 8)
    canvas.drawRightString(WIDTH - MARGIN, HEIGHT - 14 * mm, HEADER)
    canvas.drawString(MARGIN, 13 * mm, FOOTER)
    canvas.drawRightString(WIDTH - MARGIN, 13 * mm, str(page_number))


def place(
    canvas: Canvas, pieces: tuple[Piece, ...], area: tuple[float, float, float, float], body: ParagraphStyle
) -> None:
    """Set the pieces into an area of left, bottom, width and height, in points from the page's lower left corner."""
    story = [set_in_type(piece, body) for piece in pieces]
    Frame(*area, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0).addFromList(story, canvas)
    if story:
        raise ValueError(f"{len(story)} pieces do not fit, beginning with {story[0]}")


def set_in_type(piece: Piece, body: ParagraphStyle) -> Flowable:
    """A piece as something that fits into a frame."""
    drawn = {"formula": numbered_formula, "table": ruled_table, "figure": bar_chart}
    if piece.label in drawn:
        return drawn[piece.label]()
    if piece.label == "code":
        return Preformatted(piece.text, CODE)
    if piece.label == "heading":
        return Paragraph(piece.text, SUBSECTION if "." in piece.text.split()[0] else SECTION)
    return Paragraph(piece.text, STYLES.get(piece.label, body), bulletText="•" if piece.label == "list" else None)


def numbered_formula() -> Table:
    """The display formula in the middle of the column, its number at the right edge."""
    number_width = 22
    row = [Spacer(1, 1), Paragraph(FORMULA_MARKUP, FORMULA), "(1)"]
    return Table(
        [row],
        [number_width, COLUMN_WIDTH - 2 * number_width, number_width],
        style=TableStyle(
            [
                ("FONT", (2, 0), (2, 0), "Times-Roman", 10.8),
                ("ALIGN", (2, 0), (2, 0), "RIGHT"),
                ("RIGHTPADDING", (2, 0), (2, 0), 0),
            ]
        ),
        spaceAfter=4,
    )


def ruled_table() -> Table:
    """Table 1 with every cell ruled; spanning cells hold their text once."""
    continued = {
        (column, row)
        for (left, top), (right, bottom) in TABLE_SPANS
        for column in range(left, right + 1)
        for row in range(top, bottom + 1)
        if (column, row) != (left, top)
    }
    cells = [
        ["" if (column, row) in continued else text for column, text in enumerate(texts)]
        for row, texts in enumerate(TABLE_ROWS)
    ]
    style = [
        ("GRID", (0, 0), (-1, -1), 0.6, INK),
        ("FONT", (0, 0), (-1, -1), "Helvetica", 9),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#e4ebf2")),
        ("ALIGN", (2, 0), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        *(("SPAN", first, last) for first, last in TABLE_SPANS),
    ]
    widths = [COLUMN_WIDTH * share for share in (0.18, 0.23, 0.185, 0.185, 0.22)]
    return Table(cells, widths, rowHeights=17, style=TableStyle(style), spaceBefore=2)


def bar_chart() -> Picture:
    """Figure 1, a raster picture: one bar of 256 + 144 k visual tokens for each number of crops k."""
    picture = Image.new("RGB", (960, 520), "#f5f7fa")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(26)
    base = 420
    for num_crops in range(7):
        num_tokens = 256 + 144 * num_crops
        left, top = 60 + 125 * num_crops, base - round(num_tokens * 0.31)
        draw.rectangle((left, top, left + 90, base), fill="#4f86b8" if num_crops else "#2f5d8a")
        draw.text((left + 45, top - 8), str(num_tokens), fill="#1f2933", font=font, anchor="md")
        draw.text((left + 45, base + 12), str(num_crops), fill="#1f2933", font=font, anchor="ma")
    draw.line((40, base, 920, base), fill="#1f2933", width=3)
    draw.text((480, 508), "number of crops", fill="#1f2933", font=font, anchor="md")
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return Picture(written, COLUMN_WIDTH, COLUMN_WIDTH * picture.height / picture.width)


if __name__ == "__main__":
    run(main)
