"""DeepEncoder V2 beside Transformers' native vision tower on one GPU, in bfloat16, with the same random weights.

    python tests/benchmarks/gpu/bench_deepencoder_gpu.py [--pages 8] [--rounds 20] [--size full|small]
        [--device cuda|cpu] [--mode default|max-autotune-no-cudagraphs] [--native-attention sdpa|eager]

A page is one global view of 1024 px and six crops of 768 px. Native runs as published, uncompiled: page by page, as
its `get_image_features` is called for one page, and once with all pages in a batch. Ours runs all global views in one
batch and all crops in another, uncompiled and compiled for these very batches. Printed: milliseconds a page, median
over the rounds, the error against native in float32, and peak memory; then the ways to the tokenizer's attention.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial

import torch
from torch.nn import functional

from model_runtime.deepencoder_v2 import DeepEncoderConfig
from model_runtime.deepencoder_v2.decomposed_attention import _folded, _fused, _relative_terms
from tests.support.native_deepencoder import native_tower, our_encoder, relative_error, small_config

CROPS_PER_PAGE = 6

Encode = Callable[[torch.Tensor], torch.Tensor]


def wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def milliseconds(work: Callable[[], object], device: str, rounds: int) -> float:
    """Median wall time of one call, the device idle before and after it."""
    for _ in range(2):
        work()
    measured = []
    for _ in range(rounds):
        wait(device)
        start = time.perf_counter()
        work()
        wait(device)
        measured.append(1e3 * (time.perf_counter() - start))
    return statistics.median(measured)


def peak_gib(work: Callable[[], object], device: str) -> float:
    """GiB above what was held before."""
    if device != "cuda":
        return float("nan")
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    work()
    torch.cuda.synchronize()
    return (torch.cuda.max_memory_allocated() - before) / 2**30


def pages_by_pages(encode: Encode, whole: torch.Tensor, crops: torch.Tensor) -> None:
    for page in range(len(whole)):
        encode(whole[page : page + 1])
        encode(crops[page * CROPS_PER_PAGE : (page + 1) * CROPS_PER_PAGE])


def in_two_batches(encode_whole: Encode, encode_crops: Encode, whole: torch.Tensor, crops: torch.Tensor) -> None:
    encode_whole(whole)
    encode_crops(crops)


def compare(arguments: argparse.Namespace, config: DeepEncoderConfig) -> None:
    pages, rounds, device, mode = arguments.pages, arguments.rounds, arguments.device, arguments.mode
    tower = native_tower(config, attention=arguments.native_attention)
    whole, crops = torch.randn(pages, 3, 1024, 1024), torch.randn(pages * CROPS_PER_PAGE, 3, 768, 768)
    whole, crops = whole.to(device), crops.to(device)
    encoder, tower = our_encoder(config, tower).to(device), tower.to(device)
    wanted = [tower(views[:1]).last_hidden_state for views in (whole, crops)]
    encoder, tower = encoder.bfloat16(), tower.bfloat16()
    whole, crops = whole.bfloat16(), crops.bfloat16()
    exact = list(zip((whole, crops), wanted, strict=True))

    def native(views: torch.Tensor) -> torch.Tensor:
        return tower(views).last_hidden_state

    def ours(views: torch.Tensor) -> torch.Tensor:
        return encoder.causal_flow_encoder(encoder.vision_tokenizer(views))

    compiled = torch.compile(ours, dynamic=False, mode=mode)
    runs: dict[str, tuple[Encode, Callable[[], None]]] = {
        "native, page by page": (native, lambda: pages_by_pages(native, whole, crops)),
        "native, two batches": (native, lambda: in_two_batches(native, native, whole, crops)),
        "ours, two batches": (ours, lambda: in_two_batches(ours, ours, whole, crops)),
        "ours compiled, two batches": (compiled, lambda: in_two_batches(compiled, compiled, whole, crops)),
        "native, page by page, again": (native, lambda: pages_by_pages(native, whole, crops)),
    }
    print(f"{pages} pages of 1 + {CROPS_PER_PAGE} views, bfloat16, {device}")
    baseline = 0.0
    for name, (encode, work) in runs.items():
        start = time.perf_counter()
        work()
        wait(device)
        first = time.perf_counter() - start
        errors = [relative_error(encode(views)[:1].float(), wanted) for views, wanted in exact]
        a_page = milliseconds(work, device, rounds) / pages
        baseline = baseline or a_page
        print(
            f"  {name:28} {a_page:8.2f} ms a page   {baseline / a_page:5.2f} x   first call {first:6.1f} s   "
            f"error {errors[0]:.2e} / {errors[1]:.2e}   peak {peak_gib(work, device):.2f} GiB",
            flush=True,
        )
    for name, encode in (("native", native), ("ours", ours), ("compiled", compiled)):
        parts = [milliseconds(partial(encode, views), device, rounds) / len(views) for views in (whole, crops)]
        print(f"  {name:28} {parts[0]:8.3f} ms a global view, {parts[1]:.3f} ms a crop, in batches", flush=True)


def folded(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    return _fused(*_folded(query, key, _relative_terms(query, vectors, vectors)), value)


def widened(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    """As folded, but with values as wide as queries, for kernels that want one width for all three."""
    wide_query, wide_key = _folded(query, key, _relative_terms(query, vectors, vectors))
    width = wide_query.shape[-1]
    return _fused(wide_query, wide_key, functional.pad(value, (0, width - value.shape[-1])))[..., : value.shape[-1]]


def written(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    """With the bias of tokens x tokens."""
    terms = _relative_terms(query, vectors, vectors)
    bias = terms.rows[..., :, None] + terms.cols[..., None, :]
    return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.flatten(2))


def attention_ways(config: DeepEncoderConfig, pages: int, rounds: int, device: str) -> None:
    """One attention of each kind, for all pages at once."""
    tokenizer = config.vision_tokenizer
    crops = pages * CROPS_PER_PAGE
    print("one attention of the tokenizer, ms a view")
    for kind, size, views, windows in (
        ("global, 1024", 64, pages, 1),
        ("global, 768", 48, crops, 1),
        ("windows, 1024", tokenizer.window_size, pages, 25),
        ("windows, 768", tokenizer.window_size, crops, 16),
    ):
        shape = (3, views * windows * tokenizer.num_heads, size * size, tokenizer.head_dim)
        parts = [*torch.randn(shape, device=device, dtype=torch.bfloat16)]
        parts.append(torch.randn(size, size, tokenizer.head_dim, device=device, dtype=torch.bfloat16) * 0.1)
        ways = {"written": written, "widened": widened, "folded": folded}
        times = {name: milliseconds(partial(way, *parts), device, rounds) / views for name, way in ways.items()}
        for name in ("widened", "folded"):
            compiled = torch.compile(ways[name], dynamic=False)
            times[f"{name} compiled"] = milliseconds(partial(compiled, *parts), device, rounds) / views
        print(f"  {kind:14}", "  ".join(f"{name} {ms:.3f}" for name, ms in times.items()), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--size", choices=["full", "small"], default="full")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--mode", default="default", help="of torch.compile")
    parser.add_argument("--native-attention", choices=["sdpa", "eager"], default="sdpa")
    arguments = parser.parse_args()
    config = DeepEncoderConfig.official() if arguments.size == "full" else small_config()
    with torch.inference_mode():
        compare(arguments, config)
        attention_ways(config, arguments.pages, arguments.rounds, arguments.device)


if __name__ == "__main__":
    main()
