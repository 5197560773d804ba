"""The ruling lines and the pictures of a page, from its page objects and those inside its form XObjects."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import pypdfium2.raw as pdfium_c

from ocr2_loaders.pages.worker import fast_calls
from ocr2_loaders.pages.worker.frame import IDENTITY, Affine, Box, Frame, clipped, then

_MAX_OBJECTS = 20_000
_MAX_SEGMENTS = 4_000
_MAX_DEPTH = 6
_MAX_RULINGS = 10_000
_MAX_PICTURES = 2_000
_THIN_PT = 3.0
_LONG_PT = 8.0
_STRAIGHT_PT = 0.5
_MIN_PICTURE_PT = 4.0
_UNIT_SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

Point = tuple[float, float]


@dataclass(slots=True)
class Drawing:
    rulings: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)


def drawing_of(page: int, num_objects: int, frame: Frame) -> Drawing:
    """Thin filled shapes and straight level or upright strokes as rulings, and images as pictures."""
    survey = _Survey(frame)
    survey.look_at(lambda index: fast_calls.page_object(page, index), num_objects, IDENTITY, _MAX_DEPTH)
    return survey.drawing


class _Survey:
    """A walk over page objects that ends after so many of them, however they are nested."""

    def __init__(self, frame: Frame) -> None:
        self.drawing = Drawing()
        self._frame = frame
        self._num_left = _MAX_OBJECTS

    def look_at(self, object_at: Callable[[int], int | None], count: int, to_pdf: Affine, depth: int) -> None:
        for index in range(min(count, self._num_left)):
            self._num_left -= 1
            page_object = object_at(index)
            if not page_object or self._num_left < 0:
                return
            kind = fast_calls.object_type(page_object)
            if kind == pdfium_c.FPDF_PAGEOBJ_PATH:
                self._add_rulings(page_object, to_pdf)
            elif kind == pdfium_c.FPDF_PAGEOBJ_IMAGE:
                self._add_picture(page_object, to_pdf)
            elif kind == pdfium_c.FPDF_PAGEOBJ_FORM and depth:
                self._look_into(page_object, to_pdf, depth - 1)

    def _look_into(self, form: int, to_pdf: Affine, depth: int) -> None:
        inner = then(_matrix(form), to_pdf)
        count = fast_calls.count_form_objects(form)
        self.look_at(lambda index: fast_calls.form_object(form, index), count, inner, depth)

    def _add_picture(self, image: int, to_pdf: Affine) -> None:
        box = self._boxed(_mapped(_UNIT_SQUARE, then(_matrix(image), to_pdf)))
        if box and len(self.drawing.pictures) < _MAX_PICTURES:
            width_pt, height_pt = self._size_pt(box)
            if min(width_pt, height_pt) >= _MIN_PICTURE_PT:
                self.drawing.pictures.append(box)

    def _add_rulings(self, path: int, to_pdf: Affine) -> None:
        fills, strokes = _paints(path)
        if not (fills or strokes) or len(self.drawing.rulings) >= _MAX_RULINGS:
            return
        shift = then(_matrix(path), to_pdf)
        half_width = _half_stroke_width(path) * _scale(shift) if strokes else 0.0
        for subpath in _subpaths(path):
            points = _mapped(subpath, shift)
            if strokes:
                for start, end in pairwise(points):
                    self._add_if_ruling((start, end), half_width)
            elif len(points) > 2:
                self._add_if_ruling(points, 0.0)

    def _add_if_ruling(self, points: tuple[Point, ...], half_width: float) -> None:
        x0, y0, x1, y1 = _bounds(points)
        short, long = sorted((x1 - x0, y1 - y0))
        thickness = short + 2 * half_width
        limit = _STRAIGHT_PT if half_width else _THIN_PT
        if short > limit or thickness > _THIN_PT or long < _LONG_PT:
            return
        box = clipped(self._frame.box(x0 - half_width, y0 - half_width, x1 + half_width, y1 + half_width))
        if box:
            self.drawing.rulings.append(box)

    def _boxed(self, points: tuple[Point, ...]) -> Box | None:
        return clipped(self._frame.box(*_bounds(points)))

    def _size_pt(self, box: Box) -> tuple[float, float]:
        return (box[2] - box[0]) * self._frame.width_pt, (box[3] - box[1]) * self._frame.height_pt


def _subpaths(path: int) -> Iterator[tuple[Point, ...]]:
    """The straight parts of a path, as points; a curve ends a part and begins the next one."""
    x, y = ctypes.c_float(), ctypes.c_float()
    points: list[Point] = []
    for index in range(min(fast_calls.count_segments(path), _MAX_SEGMENTS)):
        segment = fast_calls.path_segment(path, index)
        kind = fast_calls.segment_type(segment)
        fast_calls.segment_point(segment, ctypes.pointer(x), ctypes.pointer(y))
        if kind != pdfium_c.FPDF_SEGMENT_LINETO:
            if len(points) > 1:
                yield tuple(points)
            points = []
        points.append((x.value, y.value))
        if kind == pdfium_c.FPDF_SEGMENT_LINETO and _closes(segment):
            points.append(points[0])
    if len(points) > 1:
        yield tuple(points)


def _closes(segment: int) -> bool:
    return bool(pdfium_c.FPDFPathSegment_GetClose(ctypes.cast(segment, pdfium_c.FPDF_PATHSEGMENT)))


def _paints(path: int) -> tuple[bool, bool]:
    """Whether a path is filled and whether it is stroked, in a colour that shows on paper."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    fast_calls.draw_mode(path, ctypes.pointer(fill), ctypes.pointer(stroke))
    return (
        bool(fill.value) and _shows(path, fast_calls.fill_color),
        bool(stroke.value) and _shows(path, fast_calls.stroke_color),
    )


def _shows(path: int, color_of: Callable[..., int]) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    color_of(path, *map(ctypes.pointer, (red, green, blue, alpha)))
    return alpha.value > 0 and min(red.value, green.value, blue.value) < 255


def _half_stroke_width(path: int) -> float:
    width = ctypes.c_float()
    fast_calls.stroke_width(path, ctypes.pointer(width))
    return max(width.value, 0.1) / 2  # zero stands for the thinnest line that the device can draw


def _matrix(page_object: int) -> Affine:
    matrix = pdfium_c.FS_MATRIX()
    if not fast_calls.object_matrix(page_object, ctypes.pointer(matrix)):
        return IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _scale(matrix: Affine) -> float:
    return float(abs(matrix[0] * matrix[3] - matrix[1] * matrix[2]) ** 0.5)


def _mapped(points: tuple[Point, ...], matrix: Affine) -> tuple[Point, ...]:
    a, b, c, d, e, f = matrix
    return tuple((a * x + c * y + e, b * x + d * y + f) for x, y in points)


def _bounds(points: tuple[Point, ...]) -> Box:
    return (min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points))
