"""The line of pages that wait for the model, out of which batches are made."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Condition

from model_runtime.engines.outcome import Outcome
from model_runtime.engines.transformers.page import PageInWriting

_QUIET_S = 0.25
"""How long nobody may have come before a batch goes that is not full: pages come as fast as they are drawn."""


class PageLine:
    """Joined from any thread, emptied by one."""

    def __init__(self) -> None:
        self._pages: deque[PageInWriting] = deque()
        self._change = Condition()

    def __iter__(self) -> Iterator[Outcome]:
        """The outcomes of the pages that are in it now."""
        with self._change:
            return iter([page.outcome for page in self._pages])

    def join(self, page: PageInWriting) -> None:
        with self._change:
            self._pages.append(page)
            self._change.notify_all()

    def drop_left(self) -> None:
        """Pages that nobody waits for any more go."""
        with self._change:
            if any(page.is_left for page in self._pages):
                self._pages = deque(page for page in self._pages if not page.is_left)

    def is_empty(self) -> bool:
        with self._change:
            return self._num_waiting() == 0

    def batch(self, size: int) -> list[PageInWriting]:
        """The first pages, at most so many: as soon as there are, or when no further page has come for a short time."""
        with self._change:
            while 0 < self._num_waiting() < size and self._change.wait(_QUIET_S):
                pass
            return [self._pages.popleft() for _ in range(min(size, self._num_waiting()))]

    def _num_waiting(self) -> int:
        self.drop_left()
        return len(self._pages)
