"""How much of the machine the embedded engine takes, and whether it may read pixels."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmbeddedSettings:
    """`pages_in_flight` pages are read side by side, each with `threads_per_page` threads; None is what there is.

    Pages beat threads: on two cores, two pages with one thread each take about 15 % less time than one after the other
    with two threads. A page that comes alone gets every core all the same.
    """

    ocr: bool = True
    """Whether pages without a trustworthy text layer are read from their pixels; else they fail with `PageRejected`."""
    pages_in_flight: int | None = None
    """Pages side by side; None for one for each core, or for each `threads_per_page` cores."""
    threads_per_page: int | None = None
    """Threads for one page; None for an equal share of the cores, all of them for a page that comes alone."""
    min_score: float = 0.5
    """Lines that RapidOCR is less sure of than this, 0..1, are left out."""

    def __post_init__(self) -> None:
        for name in ("pages_in_flight", "threads_per_page"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        if not 0 <= self.min_score <= 1:
            raise ValueError(f"min_score must lie within 0..1, not {self.min_score}")

    @property
    def num_pages(self) -> int:
        """Pages side by side."""
        return self.pages_in_flight or max(1, num_cores() // (self.threads_per_page or 1))

    @property
    def num_threads(self) -> int:
        """Threads for each of several pages."""
        return self.threads_per_page or max(1, num_cores() // self.num_pages)

    @property
    def num_threads_alone(self) -> int:
        """Threads for a page that comes alone."""
        return self.threads_per_page or num_cores()


def num_cores() -> int:
    """The cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
