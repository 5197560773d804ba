"""Prompts and transcripts of the vLLM engine, with the synthetic tokenizer that has the model's ids."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tokenizers")

from model_runtime.contract import FinishReason, PageRequest
from model_runtime.engines.vllm.page import PromptWriter, WrittenToken, transcript_of
from model_runtime.errors import EngineUnavailable, PageRejected
from model_runtime.testing.tokenizer import synthetic_tokenizer
from model_runtime.vocabulary import Prompt

IMAGE_ID, GROUNDING_ID = 128_815, 128_820


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model")
    synthetic_tokenizer(129_280).save(str(path / "tokenizer.json"))
    return path


def request(height: int, width: int, prompt: Prompt = Prompt.GROUNDED) -> PageRequest:
    return PageRequest(3, np.zeros((height, width, 3), np.uint8), 612, 792, prompt=prompt)


def test_a_prompt_begins_the_sentence_once_and_names_the_image_once(folder: Path) -> None:
    page = PromptWriter.from_folder(folder).prompt_for(request(1584, 1224), 8192)
    ids = page.prompt["prompt_token_ids"]
    assert ids[:2] == [0, IMAGE_ID]
    assert (ids.count(IMAGE_ID), ids.count(GROUNDING_ID)) == (1, 1)
    assert page.num_tokens == len(ids) - 1 + 1121


def test_the_prompt_without_boxes_is_another(folder: Path) -> None:
    page = PromptWriter.from_folder(folder).prompt_for(request(100, 100, Prompt.FREE_OCR), 8192)
    assert GROUNDING_ID not in page.prompt["prompt_token_ids"]
    assert page.num_tokens == len(page.prompt["prompt_token_ids"]) - 1 + 257


def test_the_pixels_are_a_copy(folder: Path) -> None:
    asked = request(20, 30)
    page = PromptWriter.from_folder(folder).prompt_for(asked, 8192)
    asked.pixels[:] = 9
    assert not page.prompt["multi_modal_data"]["image"].any()


@pytest.mark.parametrize(("size", "max_tokens"), [((1584, 1224), 1000), ((1, 3000), 8192)])
def test_a_page_that_fills_the_context_or_has_no_height_is_rejected(
    folder: Path, size: tuple[int, int], max_tokens: int
) -> None:
    with pytest.raises(PageRejected):
        PromptWriter.from_folder(folder).prompt_for(request(*size), max_tokens)


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json cannot be read"):
        PromptWriter.from_folder(tmp_path)


@pytest.mark.parametrize("reason", list(FinishReason))
def test_finish_reasons_are_those_of_vllm(reason: FinishReason) -> None:
    assert transcript_of(0, "text", reason.value, None).finish_reason is reason


@pytest.mark.parametrize("reason", [None, "something new"])
def test_an_unknown_reason_never_makes_a_page_whole(reason: str | None) -> None:
    assert transcript_of(0, "text", reason, [WrittenToken("text", -0.5)]).finish_reason is FinishReason.ABORT
