"""What the GPU benchmarks share: result lines, timing on the device, pages to read."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Reports a failure in full and goes on with the next stage."""
    try:
        yield
        print(f"RESULT done {name}", flush=True)
    except Exception:  # noqa: BLE001 - one stage that fails must not hide the others
        traceback.print_exc()
        print(f"RESULT failed {name}", flush=True)


def result(label: str, text: str) -> None:
    print(f"RESULT {label}: {text}", flush=True)


def milliseconds(call: Callable[[], object], repeats: int = 5, warm_ups: int = 2) -> float:
    """The median time of a call on the device."""
    import torch

    for _ in range(warm_ups):
        call()
    times = []
    for _ in range(repeats):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        call()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end))
    return float(np.median(times))


def page(seed: int, width: int = 1224, height: int = 1584) -> np.ndarray:
    """A page of black blocks on white, (height, width, 3)."""
    rng = np.random.default_rng(seed)
    ink = np.kron(rng.random((height // 8 + 1, width // 8 + 1)) < 0.3, np.ones((8, 8), bool))[:height, :width]
    pixels = np.full((height, width, 3), 255, np.uint8)
    pixels[ink] = 0
    return pixels
