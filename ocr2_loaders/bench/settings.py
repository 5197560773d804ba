"""How a benchmark run is scored, and what bounds one page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """`num_workers` is None for one process a core; 1 scores in the calling process.

    `matching_timeout_s` is for one page and part of the benchmark's definition: after it, blocks are assigned by
    distance alone. `table_timeout_s` is for one table; after it the table scores 0. Both are named in the report.
    `with_cdm` is False to leave CDM out where it could be computed.
    """

    num_workers: int | None = None
    matching_timeout_s: float = 30.0
    table_timeout_s: float = 60.0
    with_cdm: bool = True
