"""Blocks by the heading they stand under."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocr2_loaders.structure import JoinedBlock


def begins_section(joined: JoinedBlock, before: JoinedBlock | None) -> bool:
    """Whether a section begins with this block; headings with nothing between them lead to one section together."""
    if before is None or before.first.heading_level is not None:
        return before is None
    return joined.first.heading_level is not None or joined.heading_path != before.heading_path


def sections_of(blocks: Iterable[JoinedBlock]) -> Iterator[list[JoinedBlock]]:
    """The blocks of one document, section by section."""
    section: list[JoinedBlock] = []
    for joined in blocks:
        if section and begins_section(joined, section[-1]):
            yield section
            section = []
        section.append(joined)
    if section:
        yield section
