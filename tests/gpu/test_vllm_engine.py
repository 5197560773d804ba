"""The vLLM engine on a card, with a small model of random weights in the official layout."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("vllm")
psutil = pytest.importorskip("psutil")

from model_runtime.contract import PageRequest, StreamingRuntime, Transcript  # noqa: E402 - only where torch is
from model_runtime.deepencoder_v2 import CausalFlowConfig, DeepEncoderConfig, VisionTokenizerConfig  # noqa: E402
from model_runtime.engines.model_sizes import DecoderSizes  # noqa: E402
from model_runtime.engines.vllm import VllmEngine, VllmSettings  # noqa: E402
from model_runtime.errors import EngineUnavailable, PageRejected  # noqa: E402
from model_runtime.testing.model_folder import ModelSize, write_model_folder  # noqa: E402

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


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VllmEngine]:
    folder = tmp_path_factory.mktemp("model")
    write_model_folder(folder, SMALL)
    with VllmEngine(VllmSettings(model=str(folder), max_new_tokens=NUM_TOKENS, max_sequences=16)) as opened:
        yield opened
    assert not psutil.Process().children(recursive=True)


def requests(num_pages: int) -> list[PageRequest]:
    rng = np.random.default_rng(0)
    sizes = rng.integers(200, 1600, (num_pages, 2)).tolist()
    return [
        PageRequest(number, rng.integers(0, 256, (height, width, 3), dtype=np.uint8), 612, 792)
        for number, (height, width) in enumerate(sizes)
    ]


def test_it_is_a_streaming_runtime(engine: VllmEngine) -> None:
    assert isinstance(engine, StreamingRuntime)


def test_every_page_has_its_transcript_in_order_whoever_was_done_first(engine: VllmEngine) -> None:
    answers = list(engine.transcribe(requests(40)))
    assert [answer.page_index for answer in answers] == list(range(40))
    assert all(answer.error is None and len(answer.logprobs or ()) <= NUM_TOKENS for answer in answers)


def test_a_page_that_makes_no_views_fails_alone(engine: VllmEngine) -> None:
    good, thin = requests(2), PageRequest(2, np.zeros((1, 3000, 3), np.uint8), 612, 1)
    answers = list(engine.transcribe([good[0], thin, good[1]]))
    assert [type(answer.error) for answer in answers] == [type(None), PageRejected, type(None)]


def test_the_pieces_of_a_page_are_its_transcript(engine: VllmEngine) -> None:
    *pieces, answer = engine.stream(requests(1))
    assert isinstance(answer, Transcript)
    assert "".join(str(piece) for piece in pieces) == answer.text


def test_a_run_that_is_left_early_does_not_stop_the_next(engine: VllmEngine) -> None:
    early = engine.transcribe(iter(requests(60)))
    assert len(list(islice(early, 2))) == 2
    early.close()
    assert len(list(engine.transcribe(requests(3)))) == 3


def test_the_folder_of_another_model_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(EngineUnavailable, match="bert"):
        VllmEngine(VllmSettings(model=str(tmp_path)))
