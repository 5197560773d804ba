"""Examines a server before it is trusted with pages: what is wrong there, and which flag mends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from model_runtime.contract import FinishReason, PageRequest
from model_runtime.engines.endpoint.answer import Answer
from model_runtime.engines.endpoint.canary_page import HEIGHT_PX, LANDMARKS, WIDTH_PX, Landmark, canary_page
from model_runtime.engines.endpoint.chat import chat_request, question_of
from model_runtime.engines.endpoint.fault import Fault, FaultKind
from model_runtime.engines.endpoint.introduction import Introduction
from model_runtime.engines.endpoint.server import Server
from model_runtime.engines.endpoint.settings import Dialect, EndpointSettings
from model_runtime.grounding import GroundedSpan, parse
from model_runtime.tiling import crop_grid, num_visual_tokens
from model_runtime.vocabulary import REF_OPEN

_LONGEST_ANSWER = 1024
_PROMPT_TOKENS = range(2, 60)
"""What the prompt and a chat template may add to the page's own tokens."""
_TOKENS_OF_640 = 100
_ROOM_FOR_A_PAGE = 4096
_OUT_OF_PLACE = 0.04
"""Of the page's sides: how far the middle of a box may be off."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `mend` says what to do where it is not well."""

    is_well: bool
    what: str
    mend: str | None = None

    def __str__(self) -> str:
        return f"{self.what}; {self.mend}" if self.mend else self.what


def examined(settings: EndpointSettings) -> list[Finding]:
    """What each server of the settings is and does, asked with a handful of small requests."""
    return [finding for url in settings.base_urls for finding in asyncio.run(_examined(url, settings))]


async def _examined(url: str, settings: EndpointSettings) -> list[Finding]:
    asked = settings.model_copy(update={"logprobs": True, "max_tokens": _LONGEST_ANSWER})
    server = Server(url, asked)
    try:
        introduction = await server.introduced()
        findings = [Finding(True, f"{url} serves {introduction.model} ({introduction.dialect})")]
        body = chat_request(question_of(_request()), asked, introduction)
        answer = await server.chat(body)
        findings += (check(answer) for check in _CHECKS)
        findings.append(_room(introduction, answer))
        if introduction.dialect is Dialect.VLLM:
            findings += [
                await _knows(server, body, "repetition_detection", {"max_pattern_size": -1}, _NO_DETECTION),
                await _knows(server, body, "vllm_xargs", {"ngram_size": -1}, _NO_GUARD),
            ]
    except Fault as fault:
        return [Finding(False, fault.message, fault.hint)]
    finally:
        await server.close()
    return findings


def _request() -> PageRequest:
    return PageRequest(0, canary_page(), WIDTH_PX / 2, HEIGHT_PX / 2)


def _special_tokens(answer: Answer) -> Finding:
    if REF_OPEN in answer.text:
        return Finding(True, "special tokens come through")
    if any(span.boxes for span in parse(answer.text)):
        return Finding(False, "special tokens are left out of the answers", _KEEP_TOKENS)
    return Finding(False, "the answer to a grounded prompt has no tags", _KEEP_TOKENS)


_KEEP_TOKENS = "the server must honour skip_special_tokens=false and serve the model's own chat template"


def _words(answer: Answer) -> Finding:
    missing = [mark.words for mark in LANDMARKS if mark.words not in answer.text]
    if not missing:
        return Finding(True, "the canary page was read without a mistake")
    return Finding(False, f"the canary page came back without {missing[0]!r}", "check model, weights and dtype")


def _boxes(answer: Answer) -> Finding:
    off = [mark for mark in LANDMARKS if not _is_in_place(mark, parse(answer.text))]
    if not off:
        return Finding(True, "boxes are on the 0..999 grid and in place")
    return Finding(
        False, f"there is no box where {off[0].words!r} stands", "check how the server resizes and pads pages"
    )


def _is_in_place(mark: Landmark, spans: tuple[GroundedSpan, ...]) -> bool:
    x, y = (mark.box.x0 + mark.box.x1) / 2, (mark.box.y0 + mark.box.y1) / 2
    for box in (box.on_page() for span in spans for box in span.boxes):
        if abs((box.x0 + box.x1) / 2 - x) <= _OUT_OF_PLACE and abs((box.y0 + box.y1) / 2 - y) <= _OUT_OF_PLACE:
            return True
    return False


def _crops(answer: Answer) -> Finding:
    """By the number of prompt tokens, which tells how large the crops were."""
    if answer.num_prompt_tokens is None:
        return Finding(False, "the server does not count the prompt's tokens, so the size of crops stays unknown")
    page = num_visual_tokens(WIDTH_PX, HEIGHT_PX)
    page_of_640 = num_visual_tokens(WIDTH_PX, HEIGHT_PX, max_crops=0) + _NUM_CROPS * _TOKENS_OF_640
    if answer.num_prompt_tokens - page in _PROMPT_TOKENS:
        return Finding(True, f"crops are 768 pixels wide ({page} visual tokens)")
    if answer.num_prompt_tokens - page_of_640 in _PROMPT_TOKENS:
        return Finding(False, "crops are 640 pixels wide: the server treats the model as its predecessor", _UPDATE)
    told = f"the page took {answer.num_prompt_tokens} prompt tokens, where about {page + 12} were expected"
    return Finding(False, told, _UPDATE)


_NUM_CROPS = crop_grid(WIDTH_PX, HEIGHT_PX).num_crops
_UPDATE = "update the server to a release that knows DeepSeek-OCR 2, and leave its processor's settings alone"


def _ending(answer: Answer) -> Finding:
    if answer.finish_reason is FinishReason.STOP:
        return Finding(True, "answers end by themselves")
    return Finding(False, f"the answer did not end by itself ({answer.finish_reason})", "check the generation settings")


def _logprobs(answer: Answer) -> Finding:
    if answer.logprobs:
        return Finding(True, "logprobs are given")
    return Finding(
        False, "no logprobs are given, so there is no confidence", "start vLLM with --max-logprobs 1 or more"
    )


_CHECKS: tuple[Callable[[Answer], Finding], ...] = (_special_tokens, _words, _boxes, _crops, _ending, _logprobs)


def _room(introduction: Introduction, answer: Answer) -> Finding:
    if introduction.max_model_len is None:
        return Finding(True, "the server does not tell its longest answer")
    left = introduction.max_model_len - (answer.num_prompt_tokens or num_visual_tokens(WIDTH_PX, HEIGHT_PX))
    if left >= _ROOM_FOR_A_PAGE:
        return Finding(True, f"the longest answer has {left} tokens")
    return Finding(False, f"the longest answer has only {left} tokens", "start the server with --max-model-len 8192")


async def _knows(server: Server, body: dict[str, Any], field: str, nonsense: object, mend: str) -> Finding:
    """A server that knows the field refuses nonsense in it; one that does not passes over it."""
    try:
        await server.chat({**body, field: nonsense, "max_tokens": 1})
    except Fault as fault:
        if fault.kind is not FaultKind.REFUSED_PAGE:
            raise
        return Finding(True, f"the server knows {field}")
    return Finding(False, f"the server passes over {field}", mend)


_NO_DETECTION = "update vLLM, or rely on the loop check of the loaders"
_NO_GUARD = (
    "start vLLM with --logits_processors vllm.model_executor.models.deepseek_ocr:NGramPerReqLogitsProcessor, "
    "or install ocr2-loaders[vllm] beside it"
)
