"""The guard alone: a step over 256 sequences, ours and the official one in Python.

python tests/benchmarks/gpu/bench_guard.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).parent))
from stages import result, stage

from model_runtime.vllm_plugin.guard_arguments import arguments_of
from model_runtime.vllm_plugin.ngram_rule import NgramRule

ROWS, STEPS, VOCABULARY = 256, 200, 129_280


def main() -> None:
    from vllm import SamplingParams
    from vllm.model_executor.models.deepseek_ocr import NGramPerReqLogitsProcessor
    from vllm.v1.sample.logits_processor import BatchUpdate

    from model_runtime.vllm_plugin.guard import NoRepeatNgramGuard

    config = SimpleNamespace(scheduler_config=SimpleNamespace(max_num_seqs=ROWS))
    params = SamplingParams(extra_args=arguments_of(NgramRule()))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(0)
    written = rng.integers(0, 3 if ROWS < 2 else VOCABULARY, (STEPS, ROWS)).tolist()
    for row in range(0, ROWS, 8):  # every eighth sequence repeats itself
        for step in range(STEPS):
            written[step][row] = step % 25
    times, bans = {}, {}
    for name, kind in (("ours", NoRepeatNgramGuard), ("official", NGramPerReqLogitsProcessor)):
        with stage(f"guard {name}"):
            guard = kind(config, device, device.type == "cuda")
            lists: list[list[int]] = [[] for _ in range(ROWS)]
            guard.update_state(BatchUpdate(ROWS, [], [(row, params, None, lists[row]) for row in range(ROWS)], []))
            logits = torch.zeros(ROWS, VOCABULARY, device=device)
            spent, bans[name] = [], []
            for step in range(STEPS):
                for row, token in enumerate(written[step]):
                    lists[row].append(token)
                guard.update_state(None)
                start = perf_counter()
                guard.apply(logits)
                spent.append(perf_counter() - start)
                if step % 20 == 19:
                    bans[name].append(torch.isinf(logits).nonzero().tolist())
                    logits.zero_()
                else:
                    logits.zero_()
            times[name] = 1e3 * float(np.median(spent[100:]))
            result(f"guard {name}", f"{times[name]:.3f} ms of the host a step at {ROWS} sequences")
    if len(bans) == 2:
        result("guards ban the same", str(bans["ours"] == bans["official"]))


if __name__ == "__main__":
    with stage("guard"):
        main()
