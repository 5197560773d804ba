"""Entries of a PDF's own outline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """An entry that leads to the page it is kept with. `depth` counts from 1 for the outermost."""

    title: str
    depth: int
