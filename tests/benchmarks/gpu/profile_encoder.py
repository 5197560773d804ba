"""Where the encoder's time goes on one GPU: kernels of the compiled layers at the largest batch sizes, ms a view.

python tests/benchmarks/gpu/profile_encoder.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from torch.profiler import ProfilerActivity, profile

sys.path.insert(0, str(Path(__file__).parent))
from bench_encoder import BATCHES, new_encoder, views
from stages import result, stage

from model_runtime.vllm_plugin.encoder_batches import compile_layers

_REPEATS = 3
_KERNELS_SHOWN = 22


@torch.inference_mode()
def main() -> None:
    torch._dynamo.config.recompile_limit = 64
    encoder = new_encoder()
    compile_layers(encoder)
    for side, size in BATCHES:
        batch = views(size, side)
        for _ in range(2):
            encoder.encode_views(batch)
        torch.cuda.synchronize()
        with profile(activities=[ProfilerActivity.CUDA, ProfilerActivity.CPU]) as profiled:
            for _ in range(_REPEATS):
                encoder.encode_views(batch)
            torch.cuda.synchronize()
        kernels = [event for event in profiled.key_averages() if event.self_device_time_total > 0]
        kernels.sort(key=lambda event: -event.self_device_time_total)
        per_view = 1e-3 / _REPEATS / size
        total = sum(event.self_device_time_total for event in kernels) * per_view
        result(f"{side} x {size}", f"{total:.3f} ms a view in kernels")
        for event in kernels[:_KERNELS_SHOWN]:
            ms = event.self_device_time_total * per_view
            print(f"  {ms:7.4f} ms  {ms / total:6.1%}  {event.count // _REPEATS:4} x  {event.key[:150]}")


if __name__ == "__main__":
    with stage("profile"):
        main()
