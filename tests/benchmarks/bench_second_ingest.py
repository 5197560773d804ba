"""How fast documents come out of the cache: a second ingest through LangChain and LlamaIndex.

python tests/benchmarks/bench_second_ingest.py [PAGES]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from langchain_ocr2 import Ocr2Loader
from llama_index.readers.ocr2 import Ocr2Reader

import ocr2_loaders
from model_runtime.contract import PageRequest
from ocr2_loaders.settings import CacheSettings, LoadSettings, RenderSettings
from tests.support.papers import transcript, write_paper
from tests.support.scripted import ScriptedEngine

NUM_PAGES = 1000
WANTED_PAGES_PER_S = 500
NUM_PARAGRAPHS = 8
WORDS = " ".join(f"word{number}" for number in range(50))
TABLE = (
    "<table>" + "".join(f"<tr><td>{year}</td><td>{year % 97} t</td></tr>" for year in range(1990, 2000)) + "</table>"
)


def main(num_pages: int = NUM_PAGES) -> None:
    """The engine of the first run takes no time; that of the later runs would fail every page it is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        paper = write_paper(Path(folder) / "paper.pdf", [f"This is page {number}" for number in range(num_pages)])
        settings = LoadSettings(
            render=RenderSettings(dpi=72, num_workers=2), cache=CacheSettings(folder=Path(folder) / "cache")
        )
        first, _ = pages_per_s(num_pages, lambda: ocr2_loaders.load(paper, settings=settings, engine=engine(answer)))
        print(f"{num_pages} pages of {len(answer_of(1)):,} characters, pages/s, by the clock and by processor time")
        print(f"  {'first run, without reading':34} {first:8.0f}")
        for name, ingest in ingests(paper, settings).items():
            by_clock, by_processor = pages_per_s(num_pages, ingest)
            ratio = by_processor / WANTED_PAGES_PER_S
            print(f"  {name:34} {by_clock:8.0f} {by_processor:8.0f}   {ratio:5.2f} times what is wanted")


def ingests(paper: Path, settings: LoadSettings) -> dict[str, Callable[[], Iterable[object]]]:
    found: dict[str, Callable[[], Iterable[object]]] = {
        "second run, ocr2_loaders.load": lambda: ocr2_loaders.load(paper, settings=settings, engine=engine(refused))
    }
    for mode in ("single", "page", "block", "chunk"):
        found[f"second run, Ocr2Loader, {mode}"] = Ocr2Loader(
            paper, mode=mode, settings=settings, engine=engine(refused)
        ).lazy_load
        reader = Ocr2Reader(mode=mode, settings=settings, engine=engine(refused))
        found[f"second run, Ocr2Reader, {mode}"] = lambda reader=reader: reader.lazy_load_data(paper)
    return found


def engine(answering: Callable[[PageRequest], str]) -> ScriptedEngine:
    return ScriptedEngine(answering)


def answer(request: PageRequest) -> str:
    return answer_of(request.page_index)


def answer_of(page_index: int) -> str:
    parts = [transcript(f"{page_index} Results", WORDS)]
    parts += [
        f"<|ref|>text<|/ref|><|det|>[[100, {100 * n}, 900, {100 * n + 90}]]<|/det|>\n{WORDS}\n\n" for n in (3, 4, 5, 6)
    ]
    return "".join((*parts, f"<|ref|>table<|/ref|><|det|>[[100, 700, 900, 900]]<|/det|>\n{TABLE}\n\n"))


def refused(request: PageRequest) -> str:
    raise AssertionError(f"page {request.page_index} was read again")


def pages_per_s(num_pages: int, ingest: Callable[[], Iterable[object]]) -> tuple[float, float]:
    """By the clock, and by the time of one core, which does not depend on what else the machine does."""
    started, started_core = time.perf_counter(), time.process_time()
    for _ in ingest():
        pass
    return num_pages / (time.perf_counter() - started), num_pages / (time.process_time() - started_core)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
