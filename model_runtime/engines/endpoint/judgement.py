"""Whether an answer is a page."""

from __future__ import annotations

from model_runtime.contract import FinishReason, Transcript
from model_runtime.engines.endpoint.answer import Answer
from model_runtime.engines.endpoint.chat import Question
from model_runtime.errors import EmptyTranscript, EngineError, UngroundedTranscript
from model_runtime.grounding import parse
from model_runtime.vocabulary import REF_OPEN, Prompt

STRIPPED = "the server leaves special tokens out; the tags were read without them"
_FLAG = "serve with skip_special_tokens false, and see what `ocr2 doctor --endpoint URL` says"


def judged(question: Question, answer: Answer) -> Transcript:
    """The transcript of a page. An answer that stopped without a word, or asked for tags without one, is an error."""
    error = _objection(question.prompt, answer) if answer.finish_reason is FinishReason.STOP else None
    return Transcript(
        question.page_index,
        answer.text,
        FinishReason.ERROR if error else answer.finish_reason,
        error,
        (STRIPPED,) if error is None and _is_stripped(question.prompt, answer.text) else (),
        answer.logprobs,
        answer.token_ends,
    )


def _objection(prompt: Prompt, answer: Answer) -> EngineError | None:
    if not answer.text.strip():
        return EmptyTranscript("the server wrote nothing for the page")
    if prompt is Prompt.GROUNDED and not _is_grounded(answer.text):
        return UngroundedTranscript("the server wrote text without a single tag", hint=_FLAG)
    return None


def _is_grounded(text: str) -> bool:
    return REF_OPEN in text or any(span.boxes for span in parse(text))


def _is_stripped(prompt: Prompt, text: str) -> bool:
    return prompt is Prompt.GROUNDED and REF_OPEN not in text and _is_grounded(text)
