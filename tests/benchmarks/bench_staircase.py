"""A long PDF through every stage on the replay engine: time to the first page, pages a second, peak memory, workers.

    python tests/benchmarks/bench_staircase.py [NUM_PAGES]

The reference beside it is bare pypdfium2, one process, rendering the first pages of the same file alike.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pypdfium2

from model_runtime.engines.replay import Recording, ReplayEngine
from ocr2_loaders import PageStatus, load
from tests.support.papers import write_paper

SPAN = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\nParagraph of page {number}.\n\n"
REFERENCE_PAGES = 200


def main() -> None:
    num_pages = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with TemporaryDirectory() as folder:
        paper = write_paper(Path(folder) / "long.pdf", [f"Page {number}" for number in range(1, num_pages + 1)])
        print(f"{num_pages} pages, {paper.stat().st_size / 1e6:.1f} MB")
        reference = bare_pages_per_second(paper)
        run(paper, num_pages, reference)


def run(paper: Path, num_pages: int, reference: float) -> None:
    engine = ReplayEngine(Recording(SPAN.format(number=number)) for number in range(1, num_pages + 1))
    start = time.perf_counter()
    pages = load(paper, engine=engine)
    statuses = [next(pages).status]
    first = time.perf_counter() - start
    most_workers = 0
    for status in rest(pages):
        statuses.append(status)
        if len(statuses) % 500 == 0:
            most_workers = max(most_workers, len(psutil.Process().children()))
    seconds = time.perf_counter() - start
    rate = num_pages / seconds
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"ok pages           {statuses.count(PageStatus.OK)} of {num_pages}")
    print(f"first page out     {first:.2f} s")
    print(f"pages a second     {rate:.0f} (bare pypdfium2, one process: {reference:.0f}; ratio {rate / reference:.2f})")
    print(f"peak memory here   {peak_mb:.0f} MB")
    print(f"render processes   {most_workers}")


def rest(pages: Iterator[object]) -> Iterator[PageStatus]:
    return (page.status for page in pages)  # type: ignore[attr-defined]


def bare_pages_per_second(paper: Path) -> float:
    with pypdfium2.PdfDocument(paper) as pdf:
        start = time.perf_counter()
        for index in range(REFERENCE_PAGES):
            pdf[index].render(scale=2).to_numpy()
        return REFERENCE_PAGES / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
