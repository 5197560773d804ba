"""The functions of PDFium that are called for every word, with little of what ctypes costs per call.

Handles are plain integers here, so they can be compared and used as keys; pypdfium2's own prototypes make an object for
each, and let go of the GIL and take it again, which has no use in a process with one thread.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import POINTER, PYFUNCTYPE, c_double, c_float, c_int, c_uint, c_void_p
from typing import Any

import pypdfium2.raw as pdfium_c


def handle(pointer: Any) -> int:  # noqa: ANN401 - whatever ctypes takes for a pointer
    """The address behind a pointer or a wrapper of pypdfium2."""
    address = ctypes.cast(getattr(pointer, "raw", pointer), c_void_p).value
    if not address:
        raise ValueError("a closed handle")
    return address


def _fast(function: object, result: Any, *arguments: Any) -> Callable[..., Any]:  # noqa: ANN401 - types of ctypes
    """The same C function under another prototype."""
    return PYFUNCTYPE(result, *arguments)(handle(function))


_OBJECT, _TEXT_PAGE, _FONT, _SEGMENT = c_void_p, c_void_p, c_void_p, c_void_p
_DOUBLE, _FLOAT, _MATRIX = POINTER(c_double), POINTER(c_float), POINTER(pdfium_c.FS_MATRIX)
_UINT = POINTER(c_uint)

text_object = _fast(pdfium_c.FPDFText_GetTextObject, _OBJECT, _TEXT_PAGE, c_int)
char_box = _fast(pdfium_c.FPDFText_GetCharBox, c_int, _TEXT_PAGE, c_int, _DOUBLE, _DOUBLE, _DOUBLE, _DOUBLE)
char_origin = _fast(pdfium_c.FPDFText_GetCharOrigin, c_int, _TEXT_PAGE, c_int, _DOUBLE, _DOUBLE)
char_matrix = _fast(pdfium_c.FPDFText_GetMatrix, c_int, _TEXT_PAGE, c_int, _MATRIX)
char_code = _fast(pdfium_c.FPDFText_GetUnicode, c_uint, _TEXT_PAGE, c_int)
has_map_error = _fast(pdfium_c.FPDFText_HasUnicodeMapError, c_int, _TEXT_PAGE, c_int)
font_size = _fast(pdfium_c.FPDFText_GetFontSize, c_double, _TEXT_PAGE, c_int)
count_rects = _fast(pdfium_c.FPDFText_CountRects, c_int, _TEXT_PAGE, c_int, c_int)
rect = _fast(pdfium_c.FPDFText_GetRect, c_int, _TEXT_PAGE, c_int, _DOUBLE, _DOUBLE, _DOUBLE, _DOUBLE)
render_mode = _fast(pdfium_c.FPDFTextObj_GetTextRenderMode, c_int, _OBJECT)
font = _fast(pdfium_c.FPDFTextObj_GetFont, _FONT, _OBJECT)

object_type = _fast(pdfium_c.FPDFPageObj_GetType, c_int, _OBJECT)
object_bounds = _fast(pdfium_c.FPDFPageObj_GetBounds, c_int, _OBJECT, _FLOAT, _FLOAT, _FLOAT, _FLOAT)
object_matrix = _fast(pdfium_c.FPDFPageObj_GetMatrix, c_int, _OBJECT, _MATRIX)
fill_color = _fast(pdfium_c.FPDFPageObj_GetFillColor, c_int, _OBJECT, _UINT, _UINT, _UINT, _UINT)
stroke_color = _fast(pdfium_c.FPDFPageObj_GetStrokeColor, c_int, _OBJECT, _UINT, _UINT, _UINT, _UINT)
stroke_width = _fast(pdfium_c.FPDFPageObj_GetStrokeWidth, c_int, _OBJECT, _FLOAT)
page_object = _fast(pdfium_c.FPDFPage_GetObject, _OBJECT, c_void_p, c_int)
form_object = _fast(pdfium_c.FPDFFormObj_GetObject, _OBJECT, _OBJECT, c_int)
count_form_objects = _fast(pdfium_c.FPDFFormObj_CountObjects, c_int, _OBJECT)
draw_mode = _fast(pdfium_c.FPDFPath_GetDrawMode, c_int, _OBJECT, POINTER(c_int), POINTER(c_int))
count_segments = _fast(pdfium_c.FPDFPath_CountSegments, c_int, _OBJECT)
path_segment = _fast(pdfium_c.FPDFPath_GetPathSegment, _SEGMENT, _OBJECT, c_int)
segment_point = _fast(pdfium_c.FPDFPathSegment_GetPoint, c_int, _SEGMENT, _FLOAT, _FLOAT)
segment_type = _fast(pdfium_c.FPDFPathSegment_GetType, c_int, _SEGMENT)
