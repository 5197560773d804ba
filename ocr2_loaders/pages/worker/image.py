"""Image files through Pillow: every frame of a TIFF is a page, of other formats the first frame.

Of a HEIF file it is the primary image: the others are the moments before and after, or the same from beside.
"""

from __future__ import annotations

import ctypes
import struct
import warnings
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image, UnidentifiedImageError

from ocr2_loaders.pages.worker.canvas import MIN_SIDE_PX, POINTS_PER_INCH, Canvas, is_one_color
from ocr2_loaders.pages.worker.plugin import opened_image
from ocr2_loaders.pages.worker.refusal import Refusal
from ocr2_loaders.pages.worker.rgb import as_rgb

if TYPE_CHECKING:
    from ocr2_loaders.pages.messages import Message

_PILLOW_ERRORS = (
    ArithmeticError,
    AttributeError,
    BufferError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What Pillow raises on damaged files; its plugins have no error of their own."""

_MAX_FRAMES = 100_000
_SANE_DPI = (18.0, 4800.0)
_PADDED_FORMATS = {"TGA", "ICO"}
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes an image upright, by its EXIF orientation. From 5 on, width and height change places."""


class ImageFile:
    """An open image file."""

    def __init__(self, request: Message) -> None:
        Image.MAX_IMAGE_PIXELS = None  # sizes are checked here, before anything is decoded, so that a page can say so
        warnings.simplefilter("ignore")  # nobody reads them in a render process; what cannot be decoded raises
        self._path, self._format = Path(request["path"]), str(request["format"])
        self._file: BinaryIO | None = None
        self.warnings: list[str] = []
        self._image = self._opened()
        self.num_pages = self._count_pages(self._image)

    def render(self, request: Message, canvas: Canvas) -> Message:
        """Decode one frame, upright and in RGB, and say what its size on paper is."""
        try:
            return self._rendered(request, canvas)
        except (Refusal, MemoryError):
            raise
        except _PILLOW_ERRORS as error:
            self._image = self._opened()  # a frame that failed may leave the others out of reach
            raise Refusal("PageUnreadable", f"cannot be decoded: {_reason(error)}") from error

    def close(self) -> None:
        self._image.close()
        if self._file:
            self._file.close()

    def _rendered(self, request: Message, canvas: Canvas) -> Message:
        frame = self._frame(request["page_index"])
        _check_size(frame.size, request["max_pixels"])
        frame.load()
        orientation = _orientation(frame)
        dpi_x, dpi_y = _dpi(frame)
        image = as_rgb(self._opaque_if_alpha_is_unused(frame))
        if orientation in _UPRIGHT:
            image = image.transpose(_UPRIGHT[orientation])
            dpi_x, dpi_y = (dpi_y, dpi_x) if orientation >= 5 else (dpi_x, dpi_y)
        width_pt, height_pt = image.width * POINTS_PER_INCH / dpi_x, image.height * POINTS_PER_INCH / dpi_y
        shrunk = _capped(image, request["max_side_px"])
        return {
            "width_px": shrunk.width,
            "height_px": shrunk.height,
            "width_pt": width_pt,
            "height_pt": height_pt,
            "effective_dpi": dpi_x * shrunk.width / image.width,
            "warnings": [],
            "has_ink": _written(shrunk, canvas),
            "has_objects": True,
        }

    def _frame(self, page_index: int) -> Image.Image:
        if self.num_pages == 1:
            self._image = self._opened()  # a frame is turned upright in place, which must happen once only
        else:
            self._image.seek(page_index)
        return self._image

    def _opaque_if_alpha_is_unused(self, image: Image.Image) -> Image.Image:
        """Programs that wrote four bytes a pixel left the fourth at 0 where they knew of no transparency."""
        is_unused = self._format in _PADDED_FORMATS and image.mode == "RGBA" and not image.getchannel("A").getbbox()
        return image.convert("RGB") if is_unused else image

    def _opened(self) -> Image.Image:
        if self._file:
            self._file.close()
        try:
            # From a file object: given a path, Pillow maps plain TIFFs into memory, and then garbles rotated ones.
            self._file = self._path.open("rb")
            return opened_image(self._file, self._format)
        except FileNotFoundError:
            raise Refusal("SourceNotFound", "is not there any more") from None
        except _PILLOW_ERRORS as error:
            what = f"cannot be opened as {self._format}: {_reason(error)}"
            raise Refusal("DamagedDocument", what) from error

    def _count_pages(self, image: Image.Image) -> int:
        if self._format == "TIFF":
            return self._count_frames(image)
        try:
            num_frames = getattr(image, "n_frames", 1)
        except _PILLOW_ERRORS:
            num_frames = 1
        if num_frames > 1:
            which = "the primary" if self._format == "HEIF" else "the first"
            self.warnings.append(f"only {which} of {num_frames} frames is read")
        return 1

    def _count_frames(self, image: Image.Image) -> int:
        """How many frames the chain of the TIFF reaches; one that is broken counts, and is the last."""
        num_frames = 1
        try:
            while num_frames < _MAX_FRAMES:
                image.seek(num_frames)
                num_frames += 1
            self.warnings.append(f"only the first {_MAX_FRAMES} frames are read")
        except EOFError:
            pass
        except _PILLOW_ERRORS as error:
            self.warnings.append(f"frame {num_frames + 1} and those after it cannot be reached: {_reason(error)}")
            self._image = self._opened()
            return num_frames + 1
        image.seek(0)
        return num_frames


def _check_size(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        what = f"has {width} x {height} pixels, more than the {max_pixels} that are allowed"
        raise Refusal("PageTooLarge", what)


def _capped(image: Image.Image, max_side_px: int) -> Image.Image:
    scale = min(1.0, max_side_px / max(image.size))
    width, height = (max(1, round(side * scale)) for side in image.size)
    if min(width, height) < MIN_SIDE_PX:
        raise Refusal("PageUnreadable", f"has {image.width} x {image.height} pixels, which hold no text")
    return image if scale == 1.0 else image.resize((width, height), Image.Resampling.LANCZOS)


def _written(image: Image.Image, canvas: Canvas) -> bool:
    """Copy the pixels; whether there is ink among them."""
    pixels = image.tobytes()
    buffer = canvas(len(pixels))
    ctypes.memmove(buffer, pixels, len(pixels))
    return not is_one_color(buffer, image.width * image.height)


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 where there is none, or garbage. TIFF frames have been turned by Pillow already."""
    try:
        value = image.getexif().get(_ORIENTATION_TAG, 1)
    except _PILLOW_ERRORS:
        return 1
    return value if isinstance(value, int) else 1


def _dpi(image: Image.Image) -> tuple[float, float]:
    try:
        dpi_x, dpi_y = (float(value) for value in image.info["dpi"])
    except _PILLOW_ERRORS:
        return (POINTS_PER_INCH, POINTS_PER_INCH)
    lowest, highest = _SANE_DPI
    sane = lowest <= dpi_x <= highest and lowest <= dpi_y <= highest
    return (dpi_x, dpi_y) if sane else (POINTS_PER_INCH, POINTS_PER_INCH)


def _reason(error: BaseException) -> str:
    """What Pillow says, without the path it may put into it."""
    if isinstance(error, UnidentifiedImageError):
        return "its header is damaged"
    text = " ".join(str(error).split())
    return text[:120] if text and "/" not in text else type(error).__name__
