"""What is embedded of a chunk, where no framework adds to it."""

from __future__ import annotations

from ocr2_loaders.chunks.chunk import Chunk

_BETWEEN_HEADINGS = " > "


def embedded_text(chunk: Chunk) -> str:
    """The headings that the chunk stands under, in one line, and its text; nothing of it twice.

    Headings that the text begins with are left out of the line. A caption stands in front of a text that does not hold
    it: of the later parts of a table, and of figures without words.
    """
    headings = _BETWEEN_HEADINGS.join(_headings_before(chunk))
    caption = chunk.caption if chunk.caption and chunk.caption not in chunk.text else ""
    return "\n\n".join(part for part in (headings, caption, chunk.text) if part)


def _headings_before(chunk: Chunk) -> tuple[str, ...]:
    path = chunk.heading_path
    for place in range(len(path)):
        if chunk.text.startswith("\n\n".join(path[place:])):
            return path[:place]
    return path
