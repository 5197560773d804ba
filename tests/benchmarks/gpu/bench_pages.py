"""Whole pages through vLLM at full size with random weights: with our plugin, or, switched off, as upstream is.

python tests/benchmarks/gpu/bench_pages.py MODEL_DIR ours|guardless|clocked|sweep|upstream [NUM_PAGES]
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from stages import page, result, stage

PROMPT = "<image>\n<|grounding|>Convert the document to markdown."
GUARD = {"ngram_size": 20, "window_size": 90, "whitelist_token_ids": [128821, 128822]}
IDLE_GUARD = {"ngram_size": 600, "window_size": 690}
"""As much work as the guard, and nothing banned: bans change what is written, and so the experts called."""

NUM_SEQUENCES = 256


def opened(model: str, who: str) -> Any:
    from vllm import LLM

    guards = {
        "ours": ["timed_guard:TimedGuard"],
        "clocked": ["timed_steps:TimedSteps"],
        "upstream": ["vllm.model_executor.models.deepseek_ocr:NGramPerReqLogitsProcessor"],
    }
    extra = {"logits_processors": guards[who]} if who in guards else {}
    if cache := os.environ.get("KV_CACHE"):
        extra["kv_cache_dtype"] = cache
    if tokens := os.environ.get("BATCHED_TOKENS"):
        extra["max_num_batched_tokens"] = int(tokens)
    return LLM(
        model=model,
        load_format="dummy",
        dtype="bfloat16",
        max_model_len=8192,
        max_num_seqs=NUM_SEQUENCES,
        gpu_memory_utilization=0.85,
        mm_processor_cache_gb=0,
        enable_prefix_caching=False,
        limit_mm_per_prompt={"image": 1},
        **extra,
    )


def measure(
    llm: Any,
    requests: list,
    output_tokens: int,
    label: str,
    extra_args: dict | None = None,
    at_a_time: int | None = None,
) -> None:
    """All requests at once, or `at_a_time` of them after the other."""
    from vllm import SamplingParams

    sampling = SamplingParams(
        temperature=0, max_tokens=output_tokens, ignore_eos=True, detokenize=False, extra_args=extra_args
    )
    tokens = 0
    step = at_a_time or len(requests)
    start = perf_counter()
    for first in range(0, len(requests), step):
        outputs = llm.generate(requests[first : first + step], sampling, use_tqdm=False)
        tokens += sum(len(output.outputs[0].token_ids) for output in outputs)
    seconds = perf_counter() - start
    result(
        label,
        f"{len(requests)} pages, {len(requests) / seconds:.2f} pages/s, {tokens / seconds:.0f} tokens/s",
    )


def requests_of(num_pages: int, width: int = 1224, height: int = 1584) -> list[dict]:
    distinct = [Image.fromarray(page(seed, width, height)) for seed in range(min(num_pages, 64))]
    return [
        {"prompt": PROMPT, "multi_modal_data": {"image": distinct[number % len(distinct)]}}
        for number in range(num_pages)
    ]


def sweep(llm: Any, pages: list) -> None:
    """Pages a second against output tokens, and against the number of pages written at a time."""
    for tokens in (1, 64, 128, 256, 512, 1024):
        measure(llm, pages, tokens, f"sweep: {tokens} tokens")
    for at_a_time in (1, 4, 16, 64, 256):
        few = pages[: min(len(pages), 4 * at_a_time)]
        measure(llm, few, 512, f"sweep: {at_a_time} at a time, 512 tokens", at_a_time=at_a_time)


def main() -> None:
    model, who = sys.argv[1:3]
    num_pages = int(sys.argv[3]) if len(sys.argv) > 3 else (64 if who == "upstream" else 256)
    start = perf_counter()
    llm = opened(model, who)
    result(f"{who}: start", f"{perf_counter() - start:.0f} s")
    pages = requests_of(num_pages)
    with stage(f"{who}: pages"):
        measure(llm, pages[:32], 16, f"{who}: warm-up")
        measure(llm, pages, 1, f"{who}: encode and prefill only")
        if who == "clocked":
            return
        if who == "sweep":
            sweep(llm, pages)
            return
        measure(llm, pages, 512, f"{who}: whole pages")
        if who == "ours":
            measure(llm, pages, 512, f"{who}: whole pages, guard idle", IDLE_GUARD)
        if who != "guardless":
            measure(llm, pages, 512, f"{who}: whole pages, guarded", GUARD)
    with stage(f"{who}: small pages"):
        small = requests_of(num_pages, 768, 768)
        measure(llm, small, 256, f"{who}: pages without crops, 256 tokens")
    with stage(f"{who}: one page"):
        for tokens in (1, 24):
            for _ in range(2):
                measure(llm, pages[:1], tokens, f"{who}: one page, {tokens} tokens")
    with stage(f"{who}: decoder"):
        random = np.random.default_rng(0)
        text = [{"prompt_token_ids": [0, *random.integers(1000, 100000, 1155).tolist()]} for _ in range(num_pages)]
        measure(llm, text, 512, f"{who}: the decoder alone, same lengths")


if __name__ == "__main__":
    with stage("bench_pages"):
        main()
