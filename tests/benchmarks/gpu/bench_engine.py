"""Our engine behind its contract at full size: from pages in memory, and from a PDF on disk to blocks.

    python tests/benchmarks/gpu/bench_engine.py MODEL_DIR [NUM_PAGES]

REPLICAS in the environment is the number of cards that each hold the model.
"""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from stages import page, result, stage

from model_runtime.contract import PageRequest, Transcript
from model_runtime.engines.vllm import VllmEngine, VllmSettings
from tests.support.reading import readings, transcripts_of, words_of

TOKENS = 512


def without_weights(folder: Path) -> None:
    """Lets the engine take a folder that has no weights: an empty file for its fingerprint, random ones for vLLM."""
    import vllm

    if not list(folder.glob("*.safetensors")):
        (folder / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    vllm.AsyncEngineArgs = partial(vllm.AsyncEngineArgs, load_format="dummy")


def requests(num_pages: int, width: int = 1224, height: int = 1584) -> list[PageRequest]:
    distinct = [page(seed, width, height) for seed in range(min(num_pages, 64))]
    return [PageRequest(number, distinct[number % len(distinct)], 612, 792) for number in range(num_pages)]


def write_pdf(path: Path, num_pages: int) -> None:
    """Letter pages of a few hundred words, as PDFium writes them."""
    import pypdfium2

    document = pypdfium2.PdfDocument.new()
    rng = np.random.default_rng(0)
    for _ in range(num_pages):
        sheet = document.new_page(612, 792)
        for x, y in rng.uniform((40, 40), (540, 740), (300, 2)):
            shape = pypdfium2.raw.FPDFPageObj_CreateNewRect(x, y, 30, 6)
            pypdfium2.raw.FPDFPageObj_SetFillColor(shape, 0, 0, 0, 255)
            pypdfium2.raw.FPDFPath_SetDrawMode(shape, pypdfium2.raw.FPDF_FILLMODE_ALTERNATE, False)
            pypdfium2.raw.FPDFPage_InsertObject(sheet, shape)
        sheet.gen_content()
    document.save(str(path))


async def read(engine: VllmEngine, pages: list[PageRequest], *, aloud: bool) -> list[Transcript]:
    """As many at a time as the engine works on; aloud is how the pipeline reads, which looks for loops."""
    places = asyncio.Semaphore(engine.capacity)

    async def one(request: PageRequest) -> Transcript:
        async with places:
            return await engine.read(request, (lambda _: None) if aloud else None)

    return await asyncio.gather(*map(one, pages))


async def left_early(engine: VllmEngine, pages: list[PageRequest]) -> int:
    """The page that was read; the others are cancelled."""
    reading = readings(engine, pages, engine.capacity)
    first = await anext(reading)
    await reading.aclose()
    assert isinstance(first, Transcript)
    return first.page_index


def check_answers(answers: list[Transcript], num_pages: int) -> None:
    in_order = [answer.page_index for answer in answers] == list(range(num_pages))
    reasons = {
        reason: sum(each.finish_reason == reason for each in answers) for reason in {a.finish_reason for a in answers}
    }
    errors = [str(answer.error) for answer in answers if answer.error][:3]
    tokens = sum(len(answer.logprobs or ()) for answer in answers)
    result("transcripts", f"in order {in_order}, reasons {reasons}, errors {errors}, {tokens} tokens")


def main() -> None:
    import psutil

    folder = Path(sys.argv[1])
    num_pages = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    without_weights(folder)
    pages = requests(num_pages)
    num_replicas = int(os.environ.get("REPLICAS", "1"))
    settings = VllmSettings(
        model=str(folder),
        max_new_tokens=TOKENS,
        memory_share=0.85,
        num_replicas=num_replicas,
    )
    engine = VllmEngine(settings)
    with stage("engine"), engine:
        start = perf_counter()
        transcripts_of(engine, pages[:1])
        result("start and first page", f"{perf_counter() - start:.0f} s")
        result("replicas", str(num_replicas))
        transcripts_of(engine, pages[:32])
        for aloud in (False, True, False, True):
            start = perf_counter()
            answers = asyncio.run(read(engine, pages, aloud=aloud))
            seconds = perf_counter() - start
            result(f"pages in memory, {'told' if aloud else 'not told'}", f"{num_pages / seconds:.2f} pages/s")
            check_answers(answers, num_pages)
        with stage("streaming"):
            told: list[tuple[float, str | None]] = []
            start = perf_counter()
            answer = asyncio.run(engine.read(pages[0], lambda piece: told.append((perf_counter(), piece))))
            result("first piece of a single page, warm", f"{1e3 * (told[0][0] - start):.0f} ms, {len(told)} pieces")
            result("pieces joined are the transcript", str(words_of([each for _, each in told]) == answer.text))
        with stage("bad page and early end"):
            odd = [pages[0], PageRequest(1, np.zeros((1, 3000, 3), np.uint8), 612, 1), pages[1]]
            result("a page that makes no views", str([type(a.error).__name__ for a in transcripts_of(engine, odd)]))
            start = perf_counter()
            result("left early after page", str(asyncio.run(left_early(engine, pages))))
            again = transcripts_of(engine, pages[:4])
            result("goes on after an early end", f"{len(again)} pages, {perf_counter() - start:.1f} s")
        with stage("from a PDF"):
            from ocr2_loaders.pipeline import load
            from ocr2_loaders.settings import LoadSettings, RecoverySettings, TranscriptionSettings

            once = RecoverySettings(ways=(), max_missing_words=None)  # random weights never end a page
            reading = LoadSettings(transcription=TranscriptionSettings(recovery=once))
            pdf = folder / "pages.pdf"
            write_pdf(pdf, num_pages)
            for _ in range(2):
                start = perf_counter()
                results = list(load(pdf, engine=engine, settings=reading))
                seconds = perf_counter() - start
                states = {str(each.status) for each in results}
                result("from a PDF to blocks", f"{len(results) / seconds:.2f} pages/s, {states}")
    left = [child.name() for child in psutil.Process(os.getpid()).children(recursive=True)]
    result("processes left after close", str(left))


if __name__ == "__main__":
    with stage("bench_engine"):
        main()
