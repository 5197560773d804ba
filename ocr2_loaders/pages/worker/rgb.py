"""Any kind of pixel to 8-bit RGB on white paper, without losing ink.

Pillow's own conversion clips: a 16-bit page turns white, a 0..1 float page black, black text on transparency all black.
"""

from __future__ import annotations

from PIL import Image

_FULL_SCALES = tuple(float((1 << bits) - 1) for bits in (8, 10, 12, 14, 16, 24, 31, 32))
"""What white is in images of more than 8 bits: cameras and scanners fill 10, 12 or 14 of 16."""

_ALPHA_MODES = {"RGBA", "RGBa", "LA", "La", "PA"}
_WIDE_MODES = {"I", "F"}
_PAPER = (255, 255, 255, 255)
_BOARD = (0, 0, 0, 255)


def as_rgb(image: Image.Image) -> Image.Image:
    """The same image in mode RGB, alpha composited on white (on black where white would hide all there is)."""
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        return _composited(image.convert("RGBA"))
    if image.mode in _WIDE_MODES or image.mode.startswith("I;"):
        return _scaled(image).convert("RGB")
    if image.mode == "LAB":
        return _from_lab(image)
    return image.convert("RGB")


def _composited(image: Image.Image) -> Image.Image:
    on_paper = _over(image, _PAPER)
    is_hidden = on_paper.getcolors(maxcolors=1) is not None
    is_see_through = image.getchannel("A").getbbox() is None
    return _over(image, _BOARD) if is_hidden and not is_see_through else on_paper


def _over(image: Image.Image, color: tuple[int, int, int, int]) -> Image.Image:
    return Image.alpha_composite(Image.new("RGBA", image.size, color), image).convert("RGB")


def _scaled(image: Image.Image) -> Image.Image:
    import numpy as np

    values = np.asarray(image).astype(np.float32)
    finite = np.nan_to_num(values, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    black, white = _black_and_white(float(finite.min()), float(finite.max()), is_float=image.mode == "F")
    finite -= np.float32(black)
    finite *= np.float32(255 / (white - black))
    return Image.fromarray(np.rint(finite, out=finite).astype(np.uint8))


def _black_and_white(lowest: float, highest: float, *, is_float: bool) -> tuple[float, float]:
    """The values that stand for black and white: 0 and a full scale, unless the image leaves those."""
    scales = (1.0, *_FULL_SCALES) if is_float else _FULL_SCALES
    if lowest >= 0 and highest <= scales[-1]:
        return (0.0, next(scale for scale in scales if scale >= highest))
    return (lowest, highest if highest > lowest else lowest + 1)


def _from_lab(image: Image.Image) -> Image.Image:
    from PIL import ImageCms

    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
    if converted is None:
        raise ValueError("the LAB colours cannot be converted")
    return converted
