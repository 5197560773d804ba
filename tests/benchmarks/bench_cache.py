"""Fault test F14 at full size, and what the cache costs and saves.

python tests/benchmarks/bench_cache.py [PAGES] [KILLS]
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import ocr2_loaders
from model_runtime.contract import PageRequest
from ocr2_loaders.cache import PageStore
from ocr2_loaders.settings import CacheSettings, LoadSettings, RenderSettings
from tests.support.cached_run import PAGES_AT_ONCE
from tests.support.killing import killed_and_resumed
from tests.support.papers import transcript, write_paper
from tests.support.scripted import ScriptedEngine

NUM_PAGES = 500
NUM_KILLS = 20
WORDS = " ".join(f"word{number}" for number in range(400))


def main(num_pages: int = NUM_PAGES, num_kills: int = NUM_KILLS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        paper = write_paper(Path(folder) / "paper.pdf", [f"This is page {number}" for number in range(num_pages)])
        kills(paper, Path(folder), num_pages, num_kills)
        cost(paper, Path(folder), num_pages)


def kills(paper: Path, folder: Path, num_pages: int, num_kills: int) -> None:
    """Each run is killed after so many pages of its own, so that on average all of them get through the document."""
    rng = random.Random(14)  # noqa: S311 - a seed, so that a failure comes again
    unbroken = killed_and_resumed(paper, folder / "unbroken", [])
    moments = [rng.randrange(num_pages) for _ in range(num_kills)]
    start = time.perf_counter()
    broken = killed_and_resumed(paper, folder / "broken", moments)
    asked = broken.num_times_asked
    print(f"F14: {num_pages} pages, killed {num_kills} times, {time.perf_counter() - start:.0f} s")
    print(f"  equal to an unbroken run, byte for byte: {broken.document == unbroken.document}")
    print(
        f"  pages lost: {num_pages - len(asked)}; finished pages asked for again: {len(broken.asked_though_finished)}"
    )
    repeated, bound = asked.total() - num_pages, num_kills * PAGES_AT_ONCE
    print(f"  pages asked for again because they were under way: {repeated} (at most {bound})\n")


def cost(paper: Path, folder: Path, num_pages: int) -> None:
    """The same run without a cache, into an empty one, and out of a full one; the engine takes no time at all."""
    cache = CacheSettings(folder=folder / "cost")
    render = RenderSettings(dpi=72, num_workers=1)
    plain = seconds(paper, LoadSettings(render=render))
    filling = seconds(paper, LoadSettings(render=render, cache=cache))
    full = seconds(paper, LoadSettings(render=render, cache=cache))
    print(f"{num_pages} pages of {len(WORDS):,} characters at 72 dpi, an engine that takes no time, ms a page:")
    for name, taken in (("no cache", plain), ("empty cache", filling), ("full cache", full)):
        print(f"  {name:12} {taken / num_pages * 1e3:6.2f}   {taken / plain:5.2f} times no cache")
    with PageStore(cache) as store:
        facts = store.facts()
    print(f"  {facts.num_bytes / facts.num_pages:,.0f} bytes a page\n")


def seconds(paper: Path, settings: LoadSettings) -> float:
    def answer(request: PageRequest) -> str:
        return transcript(f"Page {request.page_index}", WORDS)

    start = time.perf_counter()
    for _ in ocr2_loaders.load(paper, settings=settings, engine=ScriptedEngine(answer)):
        pass
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
