"""The kernel sizes for the decoder's experts that are fastest on this card, beside those that vLLM takes by default.

    python tests/benchmarks/gpu/tune_experts.py FILE

vLLM looks for such a file by the number of experts, their width and the card's name; without one it guesses. FILE gets
what was found, in vLLM's own form: a number of tokens in a step to the sizes for it. The experts are those of the
published model, their weights random, and tokens are spread over them evenly.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parent))
from stages import milliseconds, result, stage

EXPERTS, WIDTH, HIDDEN, EXPERTS_A_TOKEN = 64, 896, 1280, 6
STEPS = (1, 4, 16, 32, 64, 128, 192, 256, 512, 1024, 2048, 4096, 8192, 18944)
_CALLS = 10
_COMPILERS = 14

Sizes = Mapping[str, int]


def sizes_for(tokens: int) -> list[Sizes]:
    """Few tokens wait for memory, many for the multipliers: what is worth trying follows."""
    if tokens <= 64:
        return list(_grid(rows=(16,), cols=(32, 64, 128), depth=(64, 128), groups=(1,), warps=(4,), stages=(3, 4, 5)))
    if tokens <= 512:
        narrow = _grid(rows=(16, 32), cols=(64, 128), depth=(64, 128), groups=(1,), warps=(4,), stages=(3, 4))
        wide = _grid(rows=(64,), cols=(64, 128), depth=(64,), groups=(1, 16), warps=(4, 8), stages=(3, 4))
        return [*narrow, *wide]
    return list(_grid(rows=(64, 128), cols=(64, 128, 256), depth=(64,), groups=(1, 16), warps=(4, 8), stages=(3, 4)))


def _grid(**choices: tuple[int, ...]) -> Iterator[Sizes]:
    names = {
        "rows": "BLOCK_SIZE_M",
        "cols": "BLOCK_SIZE_N",
        "depth": "BLOCK_SIZE_K",
        "groups": "GROUP_SIZE_M",
        "warps": "num_warps",
        "stages": "num_stages",
    }
    for values in product(*choices.values()):
        yield dict(zip((names[choice] for choice in choices), values, strict=True))


class Experts:
    """The experts of one layer, called with any number of tokens."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        make = {"device": "cuda", "dtype": torch.bfloat16}
        self._up = torch.randn(EXPERTS, 2 * WIDTH, HIDDEN, **make) * 0.02
        self._down = torch.randn(EXPERTS, HIDDEN, WIDTH, **make) * 0.02

    def ms(self, tokens: int, sizes: Sizes | None) -> float:
        """One call within a CUDA graph, as vLLM makes it; not a number where the card cannot run these sizes."""
        from vllm.model_executor.layers.fused_moe import override_config
        from vllm.model_executor.layers.fused_moe.fused_moe import fused_experts

        states = torch.randn(tokens, HIDDEN, device="cuda", dtype=torch.bfloat16)
        weights, chosen = torch.randn(tokens, EXPERTS, device="cuda").softmax(-1).topk(EXPERTS_A_TOKEN)

        def call() -> torch.Tensor:
            return fused_experts(states, self._up, self._down, weights, chosen.int())

        def timed() -> float:
            call()
            torch.cuda.synchronize()
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                for _ in range(_CALLS):
                    call()
            return milliseconds(graph.replay) / _CALLS

        if sizes is None:
            return timed()
        try:
            with override_config(dict(sizes)):
                return timed()
        except Exception as error:  # noqa: BLE001 - Triton has many names for too little shared memory
            print(f"  {tokens} tokens, {sizes}: {type(error).__name__}", flush=True)
            return float("nan")


def compile_all(candidates: list[Sizes]) -> None:
    """Triton keeps what one process compiled for all of them."""
    with torch.inference_mode():
        experts = Experts()
        for sizes in candidates:
            experts.ms(64, sizes)


def compile_in_processes(candidates: list[Sizes]) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [
        context.Process(target=compile_all, args=(candidates[first::_COMPILERS],)) for first in range(_COMPILERS)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


@torch.inference_mode()
def main(file: Path) -> None:
    distinct = {tuple(sizes.items()): sizes for tokens in STEPS for sizes in sizes_for(tokens)}
    compile_in_processes(list(distinct.values()))
    experts = Experts()
    found: dict[str, Sizes] = {}
    for tokens in STEPS:
        default = experts.ms(tokens, None)
        times = [(experts.ms(tokens, sizes), sizes) for sizes in sizes_for(tokens)]
        best, sizes = min(((ms, sizes) for ms, sizes in times if ms == ms), key=lambda timed: timed[0])  # noqa: PLR0124 - leaves out what did not run
        found[str(tokens)] = sizes
        result(f"experts, {tokens} tokens", f"default {default:.4f} ms, best {best:.4f} ms, {default / best:.2f} x")
        file.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    with stage("tune experts"):
        main(Path(sys.argv[1]))
