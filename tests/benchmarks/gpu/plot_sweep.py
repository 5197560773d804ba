"""Draws what `bench_pages.py MODEL_DIR sweep` printed.

python tests/benchmarks/gpu/plot_sweep.py LOG FIGURE.svg    (needs matplotlib)
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

_SPEED = r": \d+ pages, ([\d.]+) pages/s"
_BY_TOKENS = re.compile(r"RESULT sweep: (\d+) tokens" + _SPEED)
_BY_CONCURRENCY = re.compile(r"RESULT sweep: (\d+) at a time, \d+ tokens" + _SPEED)


def points(pattern: re.Pattern[str], log: str) -> tuple[list[int], list[float]]:
    found = sorted((int(count), float(speed)) for count, speed in pattern.findall(log))
    return [count for count, _ in found], [speed for _, speed in found]


def main(log: str, figure: Path) -> None:
    mpl.rcParams["svg.hashsalt"] = "sweep"
    drawing, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
    left.plot(*points(_BY_TOKENS, log), "o-")
    left.set_xlabel("output tokens a page, 256 pages at a time")
    left.set_ylabel("pages/s")
    right.semilogx(*points(_BY_CONCURRENCY, log), "o-", base=4)
    right.set_xlabel("pages at a time, 512 output tokens")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.set_ylim(bottom=0)
    drawing.savefig(figure, metadata={"Date": None})


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_text(), Path(sys.argv[2]))
