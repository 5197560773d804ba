"""The Transformers engine on CUDA at full size with random weights, with our encoder and with the native one.

    python tests/benchmarks/gpu/bench_transformers.py FOLDER [NUM_PAGES]

The weights, 6.8 GB, are written to FOLDER unless they are there.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import torch

sys.path.insert(0, str(Path(__file__).parents[3]))
sys.path.insert(0, str(Path(__file__).parent))
from bench_engine import requests
from stages import result, stage

from model_runtime.contract import Transcript
from model_runtime.engines.transformers import TransformersEngine, TransformersSettings
from tests.support.reading import read_all

TOKENS = 64


def read(engine: TransformersEngine, num_pages: int) -> list[Transcript]:
    return [each for each in read_all(engine, requests(num_pages)) if isinstance(each, Transcript)]


def measured(folder: Path, encoder: str, num_pages: int) -> list[Transcript]:
    settings = TransformersSettings(model=str(folder), encoder=encoder, max_new_tokens=TOKENS)  # type: ignore[arg-type]
    torch.cuda.reset_peak_memory_stats()
    with TransformersEngine(settings) as engine:
        start = perf_counter()
        read(engine, 1)
        result(f"{encoder}: load and first page", f"{perf_counter() - start:.1f} s, {engine.identity.version}")
        start = perf_counter()
        answers = read(engine, num_pages)
        seconds = perf_counter() - start
        result(f"{encoder}: pages", f"{num_pages / seconds:.2f} pages/s of {TOKENS} tokens")
        start = perf_counter()
        told: list[str] = []
        (request,) = requests(1)
        text = asyncio.run(engine.read(request, lambda piece: told.append(piece or ""))).text
        result(f"{encoder}: one page told", f"{perf_counter() - start:.1f} s, joined {text == ''.join(told)}")
    reasons = {str(each.finish_reason) for each in answers}
    errors = {str(each.error) for each in answers if each.error}
    in_order = [each.page_index for each in answers] == list(range(num_pages))
    result(f"{encoder}: answers", f"in order {in_order}, {reasons}, errors {errors}")
    result(f"{encoder}: peak memory", f"{torch.cuda.max_memory_allocated() / 2**30:.1f} GiB")
    return answers


def first_difference(ours: Transcript, native: Transcript) -> float:
    """Of the first token's log probability."""
    return abs(ours.logprobs[0] - native.logprobs[0]) if ours.logprobs and native.logprobs else -1.0


def out_of_memory(folder: Path) -> None:
    """Too many pages side by side for what is left of the card: the engine must go on with fewer."""
    engine = TransformersEngine(TransformersSettings(model=str(folder), batch_size=32, max_new_tokens=8))
    with engine:
        read(engine, 1)
        free, _ = torch.cuda.mem_get_info()
        taken = torch.empty(max(0, free - 6 * 2**30), dtype=torch.uint8, device="cuda")
        answers = read(engine, 32)
        errors = {str(each.error) for each in answers if each.error}
        result("with 6 GiB left", f"{sum(not each.error for each in answers)} of 32 pages, errors {errors}")
        del taken


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    folder = Path(sys.argv[1])
    num_pages = int(sys.argv[2]) if len(sys.argv) > 2 else 32
    if not (folder / "config.json").exists():
        start = perf_counter()
        command = [sys.executable, "-m", "model_runtime.testing", "make-model", str(folder), "--size", "full"]
        subprocess.run(command, check=True)
        result("model made", f"{perf_counter() - start:.0f} s")
    with stage("transformers"):
        ours, native = (measured(folder, encoder, num_pages) for encoder in ("ours", "native"))
        worst = max(map(first_difference, ours, native))
        result("first tokens' log probabilities differ by at most", f"{worst:.1e}")
    with stage("out of memory"):
        out_of_memory(folder)


if __name__ == "__main__":
    main()
