"""PDF pages through PDFium: opened, measured, drawn."""

from __future__ import annotations

import ctypes
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr2_loaders.pages.worker.canvas import BYTES_PER_PIXEL, MIN_SIDE_PX, POINTS_PER_INCH, Canvas, is_one_color
from ocr2_loaders.pages.worker.outline import outline_by_page
from ocr2_loaders.pages.worker.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ocr2_loaders.pages.messages import Message

_WHITE = 255
_MAX_LABEL_CHARS = 100
_END_MARK_WITHIN_BYTES = 1024
_DAMAGED = "the file is damaged ({}): last pages may be missing or garbled"


class PdfFile:
    """An open PDF document."""

    def __init__(self, request: Message, enter_stage: Callable[[str], None]) -> None:
        self._pdf = _opened(request["path"], request["password"])
        self._enter_stage = enter_stage
        self.num_pages = len(self._pdf)
        self._outline = outline_by_page(self._pdf)
        self.warnings = _damage(self._pdf, request["path"])
        if request["forms"] and self._pdf.get_formtype() != pdfium_c.FORMTYPE_NONE:
            self._init_forms()

    def render(self, request: Message, canvas: Canvas) -> Message:
        """Draw a page upright and say what is on it."""
        page = self._loaded(request["page_index"])
        try:
            return self._rendered(page, request, canvas)
        finally:
            page.close()

    def close(self) -> None:
        self._pdf.close()

    def _rendered(self, page: pdfium.PdfPage, request: Message, canvas: Canvas) -> Message:
        width_pt, height_pt = page.get_size()
        width_px, height_px, scale = _size_px(width_pt, height_pt, request["dpi"], request["max_side_px"])
        buffer = canvas(width_px * height_px * BYTES_PER_PIXEL)
        self._draw(page, buffer, width_px, height_px)
        answer: Message = {
            "width_px": width_px,
            "height_px": height_px,
            "width_pt": width_pt,
            "height_pt": height_pt,
            "effective_dpi": scale * POINTS_PER_INCH,
            "label": self._label(request["page_index"]),
            "outline": self._outline.get(request["page_index"], []),
            "warnings": [],
            "has_ink": not is_one_color(buffer, width_px * height_px),
            "has_objects": pdfium_c.FPDFPage_CountObjects(page) > 0,
        }
        if request["with_text_layer"]:
            from ocr2_loaders.pages.worker.text_layer import text_layer

            answer["text_layer"] = text_layer(page, (buffer, width_px, height_px), has_ink=answer["has_ink"])
        return answer

    def _draw(self, page: pdfium.PdfPage, buffer: ctypes.Array[ctypes.c_ubyte], width_px: int, height_px: int) -> None:
        ctypes.memset(buffer, _WHITE, width_px * height_px * BYTES_PER_PIXEL)  # FPDFBitmap_FillRect takes longer
        bitmap = pdfium.PdfBitmap.new_native(width_px, height_px, pdfium_c.FPDFBitmap_BGR, True, buffer)
        try:
            where = (0, 0, width_px, height_px, 0, pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_REVERSE_BYTE_ORDER)
            pdfium_c.FPDF_RenderPageBitmap(bitmap, page, *where)
            if self._pdf.formenv:
                pdfium_c.FPDF_FFLDraw(self._pdf.formenv, bitmap, page, *where)
        finally:
            bitmap.close()

    def _loaded(self, page_index: int) -> pdfium.PdfPage:
        page = self._page(page_index)
        if min(page.get_size()) <= 0:
            # The CropBox lies outside the MediaBox. PDFium measures a page when it loads it, so load it again.
            pdfium_c.FPDFPage_SetCropBox(page, *page.get_mediabox())
            page.close()
            page = self._page(page_index)
        return page

    def _page(self, page_index: int) -> pdfium.PdfPage:
        try:
            if not self._pdf.formenv:
                return self._pdf[page_index]
            self._enter_stage("forms")
            page = self._pdf[page_index]
            self._enter_stage("render")
        except pdfium.PdfiumError:
            raise Refusal("PageUnreadable", "cannot be loaded: its objects are missing or damaged") from None
        return page

    def _init_forms(self) -> None:
        """Values of form fields are drawn only with this. On hostile files it may never return, hence the stage."""
        self._enter_stage("forms")
        try:
            self._pdf.init_forms()
        except pdfium.PdfiumError:
            self.warnings.append("the form fields cannot be read and were left out")
        self._enter_stage("open")

    def _label(self, page_index: int) -> str | None:
        num_bytes = pdfium_c.FPDF_GetPageLabel(self._pdf, page_index, None, 0)
        buffer = ctypes.create_string_buffer(num_bytes)
        pdfium_c.FPDF_GetPageLabel(self._pdf, page_index, buffer, num_bytes)
        label = buffer.raw.decode("utf-16-le", "ignore")  # the helper of pypdfium2 raises on half a character
        return "".join(char for char in label if char.isprintable())[:_MAX_LABEL_CHARS] or None


def _size_px(width_pt: float, height_pt: float, dpi: float, max_side_px: int) -> tuple[int, int, float]:
    """(width, height, pixels per point), with the longer side capped."""
    longer = max(width_pt, height_pt)
    if not (0 < longer < math.inf and min(width_pt, height_pt) > 0):
        raise Refusal("PageUnreadable", "has no size")
    scale = min(dpi / POINTS_PER_INCH, max_side_px / longer)
    width_px, height_px = (min(max_side_px, math.ceil(side * scale)) for side in (width_pt, height_pt))
    if min(width_px, height_px) < MIN_SIDE_PX:
        what = f"would be {width_px} x {height_px} pixels of {width_pt:g} x {height_pt:g} points, too few for any text"
        raise Refusal("PageTooLarge" if scale < dpi / POINTS_PER_INCH else "PageUnreadable", what)
    return width_px, height_px, scale


def _opened(path: str, password: str | None) -> pdfium.PdfDocument:
    """The document, tried without a password first: with one, files that need none for reading are refused."""
    if not Path(path).is_file():
        raise Refusal("SourceNotFound", "is not there any more")
    error = pdfium_c.FPDF_ERR_PASSWORD
    for attempt in (None, password) if password else (None,):
        handle = pdfium_c.FPDF_LoadDocument(os.fsencode(path), attempt and attempt.encode())
        if handle:
            return _with_pages(handle)
        error = pdfium_c.FPDF_GetLastError()
        if error != pdfium_c.FPDF_ERR_PASSWORD:
            break
    raise _refusal(error, password)


def _with_pages(handle: pdfium_c.FPDF_DOCUMENT) -> pdfium.PdfDocument:
    # PDFium opens a document without pages and sets no error; its last error then belongs to another file.
    if pdfium_c.FPDF_GetPageCount(handle) < 1:
        pdfium_c.FPDF_CloseDocument(handle)
        raise Refusal("EmptyDocument", "has no pages that can be found")
    return pdfium.PdfDocument(handle)


def _refusal(error: int, password: str | None) -> Refusal:
    if error == pdfium_c.FPDF_ERR_PASSWORD and password:
        return Refusal("PasswordRejected", "did not open with the given password")
    if error == pdfium_c.FPDF_ERR_PASSWORD:
        return Refusal("PasswordNeeded", "is encrypted and needs a password")
    if error == pdfium_c.FPDF_ERR_SECURITY:
        return Refusal("UnsupportedEncryption", "is encrypted in a way that PDFium does not know")
    return Refusal("DamagedDocument", "cannot be opened as a PDF: its structure is damaged")


def _damage(pdf: pdfium.PdfDocument, path: str) -> list[str]:
    if not pdfium_c.FPDF_DocumentHasValidCrossReferenceTable(pdf):
        return [_DAMAGED.format("its cross-reference table had to be rebuilt")]
    with Path(path).open("rb") as file:
        file.seek(-min(_END_MARK_WITHIN_BYTES, os.fstat(file.fileno()).st_size), os.SEEK_END)
        if b"%%EOF" not in file.read():
            return [_DAMAGED.format("its end mark is missing")]
    return []
