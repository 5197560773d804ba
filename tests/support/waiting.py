"""Waiting for what other threads and processes do."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.support.patience import patient


def wait_until(condition: Callable[[], bool], within_s: float = 30.0) -> None:
    """Returns as soon as the condition holds; fails the test when it never does. The limit is for a quiet machine."""
    deadline = time.monotonic() + patient(within_s)
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)
