"""DeepEncoder V2 beside Transformers' native vision tower on the CPU, at full size with the same random weights.

    python tests/benchmarks/bench_deepencoder.py [--rounds 5] [--sides 768 1024] [--dtypes bfloat16 float32] [--batch 1]
        [--threads 1] [--memory]

Both run in turn in one process; the ratio of each round is taken before the median, so that a busy machine slows both.
Errors are relative L2 against the native tower in float32. On a machine that others use too, processor time with one
thread says more than wall time. `--memory` adds the peak of each, measured in fresh processes.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from model_runtime.deepencoder_v2 import DeepEncoderConfig
from tests.support.native_deepencoder import native_tower, our_encoder, relative_error

Encode = Callable[[torch.Tensor], torch.Tensor]


def both(dtype: torch.dtype) -> dict[str, Encode]:
    """Views to query features, before the projector, which the native tower does not have."""
    config = DeepEncoderConfig.official()
    tower = native_tower(config)
    encoder = our_encoder(config, tower).to(dtype)
    encoder.pack()
    tower = tower.to(dtype)
    return {
        "native": lambda views: tower(views).last_hidden_state,
        "ours": lambda views: encoder.causal_flow_encoder(encoder.vision_tokenizer(views)),
    }


def views_of(side: int, batch: int) -> torch.Tensor:
    return torch.randn(batch, 3, side, side, generator=torch.Generator().manual_seed(side))


def seconds(encode: Encode, views: torch.Tensor) -> tuple[float, float]:
    """Wall and processor time of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    encode(views)
    return time.perf_counter() - wall, time.process_time() - processor


def peak_memory(which: str, side: int, dtype: str) -> str:
    """GiB at the highest while a fresh process encodes one view, above what it held before: weights and interpreter."""
    command = [sys.executable, __file__, "--measure-memory", which, "--sides", str(side), "--dtypes", dtype]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def measure_memory(which: str, side: int, dtype: str) -> None:
    encode, views = both(getattr(torch, dtype))[which], views_of(side, 1).to(getattr(torch, dtype))
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # else what building left free serves the call, unseen
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the highest resident size starts again from here
    loaded = resident("VmRSS")
    encode(views)
    print(f"{resident('VmHWM') - loaded:.2f}")


def resident(which: str) -> float:
    """GiB, from what Linux says of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split(f"{which}:")[1].split()[0]) / 2**20


def compare(side: int, dtype: str, batch: int, rounds: int, reference: torch.Tensor) -> None:
    encoders = both(getattr(torch, dtype))
    views = views_of(side, batch).to(getattr(torch, dtype))
    errors = {name: relative_error(encode(views), reference) for name, encode in encoders.items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in encoders}
    for _ in range(rounds):
        for name, encode in encoders.items():
            times[name].append(seconds(encode, views))
    ratios = [native[0] / ours[0] for native, ours in zip(times["native"], times["ours"], strict=True)]
    work = [native[1] / ours[1] for native, ours in zip(times["native"], times["ours"], strict=True)]
    print(f"{side} px, {dtype}, batch {batch}")
    for name, measured in times.items():
        wall = [wall for wall, _ in measured]
        print(
            f"  {name:7} {statistics.median(wall):6.2f} s (best {min(wall):.2f}, worst {max(wall):.2f})"
            f"   error {errors[name]:.2e}"
        )
    print(f"  native / ours: wall {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}),", end=" ")
    print(f"processor {statistics.median(work):.2f} ({min(work):.2f} to {max(work):.2f})", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sides", type=int, nargs="+", default=[768, 1024])
    parser.add_argument("--dtypes", nargs="+", default=["bfloat16", "float32"])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--measure-memory", choices=["native", "ours"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    with torch.inference_mode():
        if arguments.measure_memory:
            measure_memory(arguments.measure_memory, arguments.sides[0], arguments.dtypes[0])
            return
        native = both(torch.float32)["native"]
        references = {side: native(views_of(side, arguments.batch)) for side in arguments.sides}
        del native
        for dtype in arguments.dtypes:
            for side in arguments.sides:
                compare(side, dtype, arguments.batch, arguments.rounds, references[side])
                if arguments.memory:
                    peaks = {which: peak_memory(which, side, dtype) for which in ("native", "ours")}
                    print(f"  peak over weights, GiB: {peaks}", flush=True)


if __name__ == "__main__":
    main()
