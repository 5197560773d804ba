"""How long to wait on this machine, now: limits of tests are written for a quiet one and stretched on a busy one."""

from __future__ import annotations

import subprocess
import sys
import time

QUIET_S = 0.026
"""What the fixed piece of work takes on two quiet cores of an AMD EPYC, the best of 30."""
_WORK = "sum(number * number for number in range(500_000))"
_GOOD_FOR_S = 20.0
"""Load comes and goes during a session."""

_slowest = 1.0
_measured_at = float("-inf")


def patient(limit_s: float) -> float:
    """The limit, in seconds, for a machine that is as slow as this one has been so far; never less than it.

    Give it at least ten times what the thing takes on a quiet machine.
    """
    return limit_s * slowness()


def slowness() -> float:
    """How many times as long as on a quiet machine work has taken here at the worst, 1.0 or more."""
    global _slowest, _measured_at  # noqa: PLW0603 # one machine, one measure
    if time.monotonic() - _measured_at > _GOOD_FOR_S:
        _slowest = max(_slowest, _work_s() / QUIET_S)
        _measured_at = time.monotonic()
    return _slowest


def _work_s() -> float:
    """A process that starts, computes and ends: what most of what tests wait for consists of."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-I", "-S", "-c", _WORK], check=True)
    return time.monotonic() - began
