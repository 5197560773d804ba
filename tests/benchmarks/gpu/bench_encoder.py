"""Our encoder on the device: eager, compiled layer by layer at fixed sizes, and with other attention kernels.

python tests/benchmarks/gpu/bench_encoder.py
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from time import perf_counter

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

sys.path.insert(0, str(Path(__file__).parent))
from stages import milliseconds, result, stage

from model_runtime.deepencoder_v2 import DeepEncoder, DeepEncoderConfig
from model_runtime.vllm_plugin.encoder_batches import compile_layers

BATCHES = ((1024, 8), (768, 48))
BACKENDS = {
    "default": None,
    "cudnn": [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION],
}


def new_encoder() -> DeepEncoder:
    torch.manual_seed(0)
    with torch.device("cuda"):
        encoder = DeepEncoder(DeepEncoderConfig.official())
    return encoder.to(torch.bfloat16).eval().requires_grad_(False)


def views(size: int, side: int) -> torch.Tensor:
    return torch.randn(size, 3, side, side, device="cuda", dtype=torch.bfloat16)


@torch.inference_mode()
def main() -> None:
    torch.backends.cuda.matmul.allow_tf32 = True
    torch._dynamo.config.recompile_limit = 64
    result("device", f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    eager = new_encoder()
    outputs = {}
    with stage("eager"):
        for side, size in (*BATCHES, (1024, 1), (768, 6)):
            batch = views(size, side)
            outputs[side, size] = eager.encode_views(batch[:1])
            whole = milliseconds(lambda batch=batch: eager.encode_views(batch))
            tokens = milliseconds(lambda batch=batch: eager.vision_tokenizer(batch))
            result(f"eager {side} x {size}", f"{whole / size:.2f} ms a view, of which tokenizer {tokens / size:.2f}")
    for name, backends in BACKENDS.items():
        with stage(f"compiled {name}"):
            torch._dynamo.reset()
            encoder = new_encoder()
            compile_layers(encoder)
            with sdpa_kernel(backends, set_priority=True) if backends else nullcontext():
                for side, size in (*BATCHES, *(((1024, 1), (768, 6)) if name == "default" else ())):
                    batch = views(size, side)
                    start = perf_counter()
                    encoder.encode_views(batch)
                    torch.cuda.synchronize()
                    seconds = perf_counter() - start
                    whole = milliseconds(lambda batch=batch, encoder=encoder: encoder.encode_views(batch))
                    tokens = milliseconds(lambda batch=batch, encoder=encoder: encoder.vision_tokenizer(batch))
                    result(
                        f"compiled {name} {side} x {size}",
                        f"{whole / size:.2f} ms a view, tokenizer {tokens / size:.2f}; compiled in {seconds:.0f} s",
                    )
            torch.manual_seed(1)
            batch = views(8, 1024)
            ours, other = encoder.encode_views(batch).float(), eager.encode_views(batch).float()
            cosine = torch.nn.functional.cosine_similarity(ours, other, dim=-1).min()
            result(f"compiled {name} against eager", f"smallest cosine {cosine:.5f}")


if __name__ == "__main__":
    with stage("encoder"):
        main()
