"""What the embedded engine costs: a typed page against its 30 ms, a scanned page against bare RapidOCR.

python tests/benchmarks/bench_embedded.py [FILE.pdf]

Without a file it measures the example document. Times of typed pages are processor time of one core, times of scanned
pages are wall and processor time, ours and the reference taking turns on the same pixels.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from model_runtime.contract import PageRequest
from model_runtime.engines.embedded import EmbeddedEngine, EmbeddedSettings
from model_runtime.engines.embedded.from_scan import sheet_from_scan
from model_runtime.engines.embedded.from_text_layer import sheet_from_text_layer, stands_for_page
from model_runtime.engines.embedded.markup import markup
from model_runtime.engines.embedded.ocr import OcrReader
from model_runtime.engines.embedded.page_layout import blocks_of
from model_runtime.engines.embedded.settings import num_cores
from tests.support.embedded import requests_of
from tests.support.reading import read_all

SAMPLE = Path(__file__).parents[2] / "examples" / "sample.pdf"
BUDGET_MS = 30.0
REPEATS = 20
OCR_REPEATS = 4


def main() -> None:
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    requests = list(requests_of(file))
    typed = [request for request in requests if stands_for_page(request.text_layer)]
    scanned = [request for request in requests if not stands_for_page(request.text_layer)]
    if typed:
        print_typed(typed, file)
    if scanned:
        print_scanned(scanned[0])
        print_side_by_side(scanned[0])


def print_typed(requests: list[PageRequest], file: Path) -> None:
    costs = [cost_ms(lambda request=request: transcribe_typed(request), time.process_time) for request in requests]
    print(f"typed pages: {len(requests)}, text layer to markup, ms of one core a page")
    share = f"{max(costs) / BUDGET_MS:.0%} of {BUDGET_MS:.0f} ms"
    print(f"  ours         median {median(costs):6.1f}   slowest {max(costs):6.1f}   {share}")
    with_pdfium = cost_ms(lambda: list(requests_of(file)), time.process_time, repeats=3) / len(list(requests_of(file)))
    print(f"  pdfium       mean   {with_pdfium:6.1f}   rendering at 144 dpi and the text layer, beside it")
    for name, convert in REFERENCES.items():
        if find_spec(name) is None:
            print(f"  {name:12} is not installed")
            continue
        cost = cost_ms(lambda convert=convert: convert(file), time.process_time, repeats=3) / len(requests)
        print(f"  {name:12} mean   {cost:6.1f}   {cost / median(costs):.0f} times ours")


def transcribe_typed(request: PageRequest) -> str:
    assert request.text_layer is not None
    sheet = sheet_from_text_layer(request.text_layer, request.width_pt, request.height_pt)
    return markup(blocks_of(sheet, request.page_index), sheet)


def with_markitdown(file: Path) -> None:
    from markitdown import MarkItDown

    MarkItDown().convert(file)


def with_pdfplumber(file: Path) -> None:
    import pdfplumber

    with pdfplumber.open(file) as document:
        for page in document.pages:
            page.extract_text()


REFERENCES: dict[str, Callable[[Path], None]] = {"markitdown": with_markitdown, "pdfplumber": with_pdfplumber}


def print_scanned(request: PageRequest) -> None:
    """Bare RapidOCR and the engine in turns, with the same models, threads and pixels."""
    import cv2
    from rapidocr import RapidOCR

    bare = RapidOCR(params={"Global.log_level": "critical"})
    bgr = cv2.cvtColor(request.pixels, cv2.COLOR_RGB2BGR)
    engine = EmbeddedEngine()  # whose only page gets every core, as bare RapidOCR does
    bare(bgr)
    read_all(engine, [request])
    turns = [(cost_of(lambda: bare(bgr)), cost_of(lambda: read_all(engine, [request]))) for _ in range(OCR_REPEATS)]
    read = OcrReader(num_cores(), 0.5)
    lines = read(request.pixels)
    layout = cost_ms(lambda: layout_of_scan(request, lines), time.process_time, repeats=5)
    height, width, _ = request.pixels.shape
    print(f"scanned page of {width} x {height} pixels, ms, best of {OCR_REPEATS} in turns")
    for kind, name in enumerate(("wall", "processor")):
        reference, ours = (min(turn[who][kind] for turn in turns) for who in (0, 1))
        print(f"  {name:10} bare RapidOCR {reference:7.0f}   ours {ours:7.0f}   {ours / reference - 1:+.1%}")
    reference = min(turn[0][1] for turn in turns)
    print(f"  layout alone {layout:7.1f}   {layout / reference:.1%} of bare RapidOCR's processor time")


def cost_of(call: Callable[[], object]) -> tuple[float, float]:
    """Wall and processor time in ms: on a busy machine only the second can be compared."""
    wall, processor = time.perf_counter(), time.process_time()
    call()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


def layout_of_scan(request: PageRequest, lines: list) -> str:
    sheet = sheet_from_scan(lines, request.pixels, request.width_pt, request.height_pt)
    return markup(blocks_of(sheet, request.page_index), sheet)


def print_side_by_side(request: PageRequest) -> None:
    """The same number of scanned pages with more pages or more threads at once."""
    count = 2 * num_cores()
    print(f"{count} scanned pages, ms a page, best of {OCR_REPEATS}")
    for pages, threads in ((1, num_cores()), (num_cores(), 1)):
        engine = EmbeddedEngine(EmbeddedSettings(pages_in_flight=pages, threads_per_page=threads))
        read_all(engine, [request] * pages)
        costs = [cost_of(lambda engine=engine: read_all(engine, [request] * count)) for _ in range(OCR_REPEATS)]
        wall, processor = (min(cost[kind] for cost in costs) / count for kind in (0, 1))
        print(f"  {pages} at once, {threads} threads each: wall {wall:7.0f}   processor {processor:7.0f}")
        engine.close()


def cost_ms(call: Callable[[], object], clock: Callable[[], float], repeats: int = REPEATS) -> float:
    call()
    costs = []
    for _ in range(repeats):
        started = clock()
        call()
        costs.append(clock() - started)
    return 1000 * median(costs)


if __name__ == "__main__":
    main()
