"""Eight hours' worth of pages in minutes: 20,000 short ones through the engine, with the memory of host and device.

python tests/benchmarks/gpu/bench_soak.py MODEL_DIR [NUM_PAGES]
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import psutil
import torch

sys.path.insert(0, str(Path(__file__).parent))
from bench_engine import without_weights
from stages import page, result, stage

from model_runtime.contract import PageRequest, Transcript
from model_runtime.engines.vllm import VllmEngine, VllmSettings
from tests.support.reading import readings, transcripts_of

_REPORTS = 10
_TOKENS = 8
_MIB = 2**20


def short_pages(num_pages: int) -> Iterator[PageRequest]:
    """Pages without crops, of many sizes, none twice in a row."""
    distinct = [page(seed, 300 + 7 * seed, 400 + 5 * seed) for seed in range(61)]
    for number in range(num_pages):
        yield PageRequest(number, distinct[number % len(distinct)], 612, 792)


def memory() -> str:
    own = psutil.Process()
    processes = [own, *own.children(recursive=True)]
    host = sum(process.memory_full_info().uss for process in processes) / _MIB
    free, total = torch.cuda.mem_get_info()
    return f"host {host:.0f} MiB in {len(processes)} processes, device {(total - free) / _MIB:.0f} MiB"


async def num_lost(engine: VllmEngine, num_pages: int) -> int:
    start, number, lost = perf_counter(), 0, 0
    async for answer in readings(engine, short_pages(num_pages), engine.capacity):
        lost += not isinstance(answer, Transcript) or answer.error is not None or answer.page_index != number
        number += 1
        if number % (num_pages // _REPORTS) == 0:
            result(f"after {number} pages, {number / (perf_counter() - start):.0f} pages/s", memory())
    return lost + num_pages - number


def main() -> None:
    folder = Path(sys.argv[1])
    num_pages = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    without_weights(folder)
    settings = VllmSettings(model=str(folder), max_new_tokens=_TOKENS, memory_share=0.85)
    with VllmEngine(settings) as engine:
        transcripts_of(engine, short_pages(64))
        result("after the first pages", memory())
        result("pages lost", str(asyncio.run(num_lost(engine, num_pages))))


if __name__ == "__main__":
    with stage("soak"):
        main()
