"""What a server answers, believed only as far as it is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from model_runtime.contract import FinishReason
from model_runtime.engines.endpoint.diagnosis import one_line
from model_runtime.engines.endpoint.fault import Fault, FaultKind
from model_runtime.engines.token_ends import token_ends


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: the text, why it ended, and the tokens' logprobs where the server gave them."""

    text: str
    finish_reason: FinishReason
    logprobs: tuple[float, ...] | None = None
    token_ends: tuple[int, ...] | None = None
    num_prompt_tokens: int | None = None
    """The page and the prompt as the server counted them, where it told."""


class TokenLogprob(BaseModel):
    token: str = ""
    logprob: float


class Logprobs(BaseModel):
    content: list[TokenLogprob] | None = None


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class Usage(BaseModel):
    prompt_tokens: int | None = None


class _Completion(BaseModel):
    choices: list[_Choice] | None = None
    usage: Usage | None = None
    error: Any = None


def answer_from(body: bytes, url: str) -> Answer:
    """The answer in the body of a chat completion. Raises: Fault when it holds none, or one that is not whole."""
    try:
        completion = _Completion.model_validate_json(body)
    except ValidationError:
        seen = one_line(body[:60].decode("utf-8", "replace"))
        raise Fault(FaultKind.GARBLED, f"{url} answered 200 with something else: {seen!r}") from None
    if completion.error:
        raise Fault(FaultKind.GARBLED, f"{url} answered 200 with an error: {one_line(str(completion.error))}")
    if not completion.choices or completion.choices[0].message.content is None:
        raise Fault(FaultKind.GARBLED, f"{url} answered 200 without a text")
    choice = completion.choices[0]
    text = choice.message.content or ""
    tokens = choice.logprobs.content if choice.logprobs else None
    answer = whole_answer(text, choice.finish_reason, tokens or (), url)
    return replace(answer, num_prompt_tokens=completion.usage.prompt_tokens if completion.usage else None)


def whole_answer(text: str, reason: str | None, tokens: Sequence[TokenLogprob], url: str) -> Answer:
    """Only a finish reason says that an answer ended. Raises: Fault for the reasons that mean no page."""
    if reason in _ENDS:
        if not tokens:
            return Answer(text, _ENDS[reason])
        logprobs = tuple(token.logprob for token in tokens)
        return Answer(text, _ENDS[reason], logprobs, token_ends([token.token for token in tokens], text))
    if reason == "content_filter":
        fault = Fault(FaultKind.REFUSED_PAGE, f"the server at {url} filtered the page's content")
    elif reason in {"abort", "error"}:
        fault = Fault(FaultKind.OVERLOADED, f"the server at {url} gave the page up (finish reason {reason!r})")
    else:
        said = f"finish reason {one_line(reason)!r}" if reason else "no finish reason"
        fault = Fault(FaultKind.GARBLED, f"the answer of {url} does not say that it is whole: {said}")
    fault.text = text
    raise fault


_ENDS = {
    "stop": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "repetition": FinishReason.REPETITION,
}
