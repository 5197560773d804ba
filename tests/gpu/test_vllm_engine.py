"""The vLLM engine on a card, with a small model of random weights in the official layout."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.support.patience import patient

torch = pytest.importorskip("torch")
pytest.importorskip("vllm")
psutil = pytest.importorskip("psutil")

from model_runtime.contract import Engine, PageRequest  # noqa: E402 - only where torch is
from model_runtime.deepencoder_v2 import CausalFlowConfig, DeepEncoderConfig, VisionTokenizerConfig  # noqa: E402
from model_runtime.engines.model_sizes import DecoderSizes  # noqa: E402
from model_runtime.engines.vllm import VllmEngine, VllmSettings  # noqa: E402
from model_runtime.errors import EngineUnavailable, PageRejected  # noqa: E402
from model_runtime.testing.model_folder import ModelSize, write_model_folder  # noqa: E402
from tests.support.reading import read_aloud, readings, transcripts_of, words_of  # noqa: E402

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.device_count(), reason="no CUDA device")]

SMALL = ModelSize(
    DeepEncoderConfig(
        VisionTokenizerConfig(
            dim=64, num_layers=2, num_heads=1, mlp_dim=64, global_layers=(1,), compressor_dims=(64, 64)
        ),
        CausalFlowConfig(dim=64, num_layers=2, num_heads=2, num_kv_heads=1, mlp_dim=96),
        output_dim=256,
    ),
    DecoderSizes(
        dim=256, mlp_dim=512, num_layers=3, num_heads=4, num_kv_heads=4, num_experts=8, num_shared_experts=1,
        num_experts_per_token=2, expert_dim=128, max_tokens=2048,
    ),
)  # fmt: skip
NUM_TOKENS = 32


SHARE = 0.25
"""Of the card, so that a second engine finds room beside the one that most tests share."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = tmp_path_factory.mktemp("model")
    write_model_folder(model, SMALL)
    return model


def settings(folder: Path, lora: Path | None = None) -> VllmSettings:
    return VllmSettings(model=str(folder), max_new_tokens=NUM_TOKENS, max_sequences=16, memory_share=SHARE, lora=lora)


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[VllmEngine]:
    with VllmEngine(settings(folder)) as opened:
        yield opened
    assert not psutil.Process().children(recursive=True)


def requests(num_pages: int) -> list[PageRequest]:
    rng = np.random.default_rng(0)
    sizes = rng.integers(200, 1600, (num_pages, 2)).tolist()
    return [
        PageRequest(number, rng.integers(0, 256, (height, width, 3), dtype=np.uint8), 612, 792)
        for number, (height, width) in enumerate(sizes)
    ]


def test_it_is_an_engine(engine: VllmEngine) -> None:
    assert isinstance(engine, Engine)


def test_every_page_has_its_own_transcript_whoever_was_done_first(engine: VllmEngine) -> None:
    answers = transcripts_of(engine, requests(40))
    assert [answer.page_index for answer in answers] == list(range(40))
    assert all(answer.error is None and len(answer.logprobs or ()) <= NUM_TOKENS for answer in answers)


def test_a_page_that_makes_no_views_fails_alone(engine: VllmEngine) -> None:
    good, thin = requests(2), PageRequest(2, np.zeros((1, 3000, 3), np.uint8), 612, 1)
    answers = transcripts_of(engine, [good[0], thin, good[1]])
    assert [type(answer.error) for answer in answers] == [type(None), PageRejected, type(None)]


def test_the_pieces_of_a_page_are_its_transcript(engine: VllmEngine) -> None:
    told, answer = read_aloud(engine, requests(1)[0])
    assert len(told) == 2  # the first token, and the other 31 at the end
    assert words_of(told) == answer.text
    assert len(answer.logprobs or ()) == len(answer.token_ends or ()) == NUM_TOKENS


def test_pages_that_nobody_waits_for_do_not_stop_the_next(engine: VllmEngine) -> None:
    async def left_early() -> None:
        pages = readings(engine, requests(60))
        await anext(pages)
        await pages.aclose()

    asyncio.run(left_early())
    assert len(transcripts_of(engine, requests(3))) == 3


def test_the_folder_of_another_model_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(EngineUnavailable, match="bert"):
        VllmEngine(VllmSettings(model=str(tmp_path)))


def write_lora(folder: Path) -> None:
    """Strong random weights for two of the decoder's products, one of which vLLM packs with others."""
    from safetensors.torch import save_file

    config = {"peft_type": "LORA", "r": 8, "lora_alpha": 64, "target_modules": ["q_proj", "o_proj"], "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    generator = torch.Generator().manual_seed(0)
    dim = SMALL.decoder.dim
    weights = {}
    for layer in range(SMALL.decoder.num_layers):
        for product in ("q_proj", "o_proj"):
            name = f"base_model.model.model.layers.{layer}.self_attn.{product}"
            weights[f"{name}.lora_A.weight"] = torch.randn(8, dim, generator=generator)
            weights[f"{name}.lora_B.weight"] = torch.randn(dim, 8, generator=generator)
    save_file(weights, folder / "adapter_model.safetensors")


def test_fine_tuned_low_rank_weights_change_what_is_written(engine: VllmEngine, folder: Path, tmp_path: Path) -> None:
    write_lora(tmp_path)
    pages = requests(4)
    plain = [answer.text for answer in transcripts_of(engine, pages)]
    with VllmEngine(settings(folder, lora=tmp_path)) as tuned_engine:
        tuned = transcripts_of(tuned_engine, pages)
    assert all(answer.error is None for answer in tuned)
    assert [answer.text for answer in tuned] != plain


ENDLESS = """
import asyncio
import sys
from itertools import count
from pathlib import Path
from tests.gpu.test_vllm_engine import VllmEngine, readings, requests, settings

if __name__ == "__main__":
    (page,) = requests(1)
    with VllmEngine(settings(Path(sys.argv[1]))) as engine:
        async def read():
            async for _ in readings(engine, (page for _ in count()), engine.capacity):
                print("page", flush=True)

        asyncio.run(read())
"""


def test_control_c_ends_the_engine_and_all_its_processes(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    command = [sys.executable, str(script), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as run:
        assert run.stdout is not None
        assert any(line == "page\n" for line in run.stdout)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does, to every process of the run
        run.stdout.read()
        run.wait(timeout=patient(60))
    left = [process for process in psutil.process_iter() if os.getsid(process.pid) == run.pid]
    assert run.returncode != 0
    assert not left
