"""How many files of a folder were passed over, of which kinds, and what would make some of them readable."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ocr2_loaders.errors import DecoderUnavailable
from ocr2_loaders.sources import PassedOver

_MOST_KINDS = 10


@dataclass(slots=True)
class PassedOverCount:
    """Counts files as they are passed over; keeps none of them."""

    kinds: Counter[str] = field(default_factory=Counter)
    readable: Counter[str] = field(default_factory=Counter)
    """By the command that brings what would read them."""

    def __call__(self, passed: PassedOver) -> None:
        self.kinds[passed.kind] += 1
        if isinstance(passed.error, DecoderUnavailable) and passed.error.hint:
            self.readable[passed.error.hint] += 1

    def lines(self) -> Iterator[str]:
        """For the end of a run; none where no file was passed over."""
        if self.kinds:
            more = (
                "" if logging.getLogger("ocr2_loaders").isEnabledFor(logging.INFO) else " (ocr2 --verbose lists them)"
            )
            yield f"{counted(self.kinds.total(), 'file')} passed over: {self._by_kind()}{more}"
        for command, number in self.readable.items():
            yield f"{number} of them would be read after: {command}"

    def _by_kind(self) -> str:
        ordered = sorted(self.kinds.items(), key=lambda each: (-each[1], each[0]))
        shown, rest = ordered[:_MOST_KINDS], ordered[_MOST_KINDS:]
        more = [f"{sum(number for _, number in rest)} of other kinds"] if rest else []
        return ", ".join([f"{number} {kind}" for kind, number in shown] + more)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
