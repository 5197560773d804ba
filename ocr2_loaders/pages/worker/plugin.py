"""Pillow's plugins for image files: the one for the kind that was sniffed, and no other."""

from __future__ import annotations

from typing import BinaryIO

from PIL import Image

from ocr2_loaders.pages.worker.icon import IconImage
from ocr2_loaders.pages.worker.texture import opened_texture


def opened_image(file: BinaryIO, kind: str) -> Image.Image:
    """The image, its header read and nothing decoded. `kind` is Pillow's name. Raises what Pillow does."""
    if kind == "HEIF":
        _register_heif()
    elif kind == "AVIF":
        _decode_avif_in_one_thread()
    elif kind == "ICO":
        return IconImage(file)
    elif kind == "DDS":
        return opened_texture(file)
    return Image.open(file, formats=[kind])


def _register_heif() -> None:
    """Without what a page does not need: thumbnails, depth, masks; and in one thread, as there is a process a core."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _decode_avif_in_one_thread() -> None:
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
