"""A table as the model wrote it, and as rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """`html` is one clean `<table>` element. `rows` is the full grid: a cell that spans several places stands in each."""

    html: str
    rows: tuple[tuple[str, ...], ...]
    num_header_rows: int = 0
