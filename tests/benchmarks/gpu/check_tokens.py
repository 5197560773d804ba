"""The same greedy tokens from our path and from upstream's: full-size encoder, small decoder, float32, equal weights.

    python tests/benchmarks/gpu/check_tokens.py FOLDER [NUM_PAGES]

Runs itself twice, with the plugin and without, and compares. Weights are written to FOLDER.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from stages import page, result, stage

NUM_TOKENS = 32


def write_model(folder: Path) -> None:
    import torch

    from model_runtime.deepencoder_v2 import DeepEncoderConfig
    from model_runtime.engines.model_sizes import DecoderSizes
    from model_runtime.testing.model_folder import ModelSize, write_model_folder

    decoder = DecoderSizes(
        dim=256, mlp_dim=512, num_layers=3, num_heads=4, num_kv_heads=4, num_experts=8, num_shared_experts=1,
        num_experts_per_token=2, expert_dim=128, max_tokens=2048,
    )  # fmt: skip
    write_model_folder(folder, ModelSize(DeepEncoderConfig(output_dim=256), decoder, dtype=torch.float32))


def pages(num_pages: int) -> list[Image.Image]:
    rng = np.random.default_rng(7)
    sizes = [(1224, 1584), *rng.integers(200, 1800, (num_pages, 2)).tolist()]
    return [Image.fromarray(page(number, *sizes[number])) for number in range(num_pages)]


def write_tokens(folder: Path, num_pages: int, answer: Path) -> None:
    from vllm import LLM, SamplingParams

    llm = LLM(
        model=str(folder), dtype="float32", max_model_len=2048, max_num_seqs=32, gpu_memory_utilization=0.6,
        mm_processor_cache_gb=0, enable_prefix_caching=False, limit_mm_per_prompt={"image": 1}, enforce_eager=True,
        max_num_batched_tokens=4096,
    )  # fmt: skip
    prompts = [{"prompt": "<image>\nFree OCR.", "multi_modal_data": {"image": image}} for image in pages(num_pages)]
    sampling = SamplingParams(temperature=0, max_tokens=NUM_TOKENS, ignore_eos=True, logprobs=2, detokenize=False)
    outputs = llm.generate(prompts, sampling, use_tqdm=False)
    answers = []
    for output in outputs:
        (written,) = output.outputs
        best = [sorted((entry.logprob for entry in step.values()), reverse=True)[:2] for step in written.logprobs]
        answers.append(
            {
                "tokens": list(written.token_ids),
                "margins": [a - b for a, b in best],
                "prompt": len(output.prompt_token_ids),
            }
        )
    answer.write_text(json.dumps(answers))


def compare(ours: list[dict], theirs: list[dict]) -> None:
    result("prompts of equal length", str(all(a["prompt"] == b["prompt"] for a, b in zip(ours, theirs, strict=True))))
    different = [number for number, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a["tokens"] != b["tokens"]]
    result("pages with the same tokens", f"{len(ours) - len(different)} of {len(ours)}")
    distinct = len({tuple(answer["tokens"]) for answer in ours})
    result("different answers among pages", str(distinct))
    for number in different[:8]:
        a, b = ours[number], theirs[number]
        at = next(step for step in range(NUM_TOKENS) if a["tokens"][step] != b["tokens"][step])
        result(
            f"page {number}",
            f"differs at token {at}, where the margin was {a['margins'][at]:.1e} / {b['margins'][at]:.1e}",
        )


def main() -> None:
    folder = Path(sys.argv[1])
    num_pages = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    if len(sys.argv) > 3:
        write_tokens(folder, num_pages, Path(sys.argv[3]))
        return
    if not (folder / "config.json").exists():
        write_model(folder)
    answers = []
    for who, switch in (("ours", "1"), ("upstream", "0")):
        answer = folder / f"{who}.answer"
        command = [sys.executable, __file__, str(folder), str(num_pages), str(answer)]
        subprocess.run(command, check=True, env=os.environ | {"OCR2_VLLM_PLUGIN": switch})
        answers.append(json.loads(answer.read_text()))
    compare(*answers)


if __name__ == "__main__":
    with stage("check_tokens"):
        main()
