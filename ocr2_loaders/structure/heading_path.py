"""The headings that the text stands under, while they come."""

from __future__ import annotations

_LONGEST = 300
"""Characters of one heading; a path goes into the metadata of everything under it."""


class HeadingPath:
    """From the outermost heading to the last one."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self.headings: tuple[str, ...] = ()

    def enter(self, level: int, heading: str) -> None:
        """A heading closes those of its own level and of deeper ones."""
        while self._open and self._open[-1][0] >= level:
            self._open.pop()
        self._open.append((level, heading if len(heading) <= _LONGEST else f"{heading[: _LONGEST - 1]}…"))
        self.headings = tuple(words for _, words in self._open)
