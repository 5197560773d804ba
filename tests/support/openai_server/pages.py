"""Pages that say which one they are, and what a model would write for them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model_runtime.contract import PageRequest
from model_runtime.vocabulary import Prompt

Pixels = NDArray[np.uint8]


def numbered_page(page_index: int, prompt: Prompt = Prompt.GROUNDED, *, side: int = 16) -> PageRequest:
    """A small page whose first pixel is its number."""
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[0, 0] = [page_index >> 16 & 255, page_index >> 8 & 255, page_index & 255]
    return PageRequest(page_index, pixels, side / 2, side / 2, prompt=prompt)


def numbered_pages(num_pages: int) -> Iterator[PageRequest]:
    return (numbered_page(page_index) for page_index in range(num_pages))


def number_of(pixels: Pixels) -> int:
    red, green, blue = (int(value) for value in pixels[0, 0])
    return red << 16 | green << 8 | blue


def transcript_of(page_index: int) -> str:
    return (
        f"<|ref|>title<|/ref|><|det|>[[100, 50, 900, 80]]<|/det|>\n# Page {page_index}\n\n"
        f"<|ref|>text<|/ref|><|det|>[[100, 100, 900, 200]]<|/det|>\nThe words of page {page_index}.\n\n"
    )


def numbered_transcript(pixels: Pixels) -> str:
    return transcript_of(number_of(pixels))


def pixels_in(messages: Iterable[dict[str, object]]) -> Pixels:
    """The picture in a chat request, decoded by Pillow as a server would."""
    (message,) = messages
    content = message["content"]
    assert isinstance(content, list)
    url: str = next(part["image_url"]["url"] for part in content if part["type"] == "image_url")
    head, _, data = url.partition(",")
    assert head == "data:image/png;base64"
    with Image.open(io.BytesIO(base64.b64decode(data, validate=True)), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB"))
