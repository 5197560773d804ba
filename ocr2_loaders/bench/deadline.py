"""A limit on how long one page, or one table, may be compared."""

from __future__ import annotations

import time
from dataclasses import dataclass


class DeadlinePassedError(Exception):
    """The comparison was given up; never leaves the benchmark."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        return cls(time.monotonic() + seconds)

    def check(self) -> None:
        """Raises: DeadlinePassedError once the moment is over."""
        if time.monotonic() > self.at:
            raise DeadlinePassedError
