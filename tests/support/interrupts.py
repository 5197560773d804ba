"""Programs that a test interrupts as a user does."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def heeded_interrupts() -> Iterator[None]:
    """Programs started within heed SIGINT, even where the tests themselves were started to ignore it.

    A shell starts what it runs in the background that way, and what ignores a signal hands that on to its children.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
