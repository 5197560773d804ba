"""One page on its way through vLLM: from a request to a prompt, from an output to a transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from model_runtime.contract import FinishReason, PageRequest, Transcript
from model_runtime.engines.fewer_crops import pixels_to_send
from model_runtime.engines.token_ends import token_ends
from model_runtime.engines.tokenizer_file import tokenizer_in
from model_runtime.errors import EngineError, EngineUnavailable, PageRejected
from model_runtime.tiling import num_visual_tokens
from model_runtime.vocabulary import BEGIN_OF_SENTENCE, IMAGE, Prompt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_FINISH_REASONS = {reason.value: reason for reason in FinishReason}


@dataclass(frozen=True, slots=True, eq=False)
class PagePrompt:
    """A page as vLLM takes it: its own copy of the pixels, so that the renderer's memory is free again."""

    page_index: int
    prompt: dict[str, Any]
    num_tokens: int
    tight_guard: bool = False


class WrittenToken(NamedTuple):
    """A token as text, and the natural logarithm of its probability."""

    text: str
    logprob: float


class PromptWriter:
    """Writes prompts as ids: whether a tokenizer adds the token that begins a sentence depends on its version."""

    @classmethod
    def from_folder(cls, folder: Path) -> Self:
        """Raises: EngineUnavailable when the folder's tokenizer is missing or another model's."""
        path = folder / "tokenizer.json"
        tokenizer = tokenizer_in(path)
        missing = [token for token in (BEGIN_OF_SENTENCE, IMAGE) if tokenizer.token_to_id(token) is None]
        if missing:
            raise EngineUnavailable(
                f"{path} does not know {', '.join(missing)}", hint="name the folder of a DeepSeek-OCR 2"
            )
        return cls(tokenizer)

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._ids = {
            prompt: [
                tokenizer.token_to_id(BEGIN_OF_SENTENCE),
                *tokenizer.encode(prompt.value, add_special_tokens=False).ids,
            ]
            for prompt in Prompt
        }

    def prompt_for(self, request: PageRequest, max_tokens: int) -> PagePrompt:
        """Raises: PageRejected for a page that makes no views or leaves no room for a transcript."""
        pixels = pixels_to_send(request)
        height, width, _ = pixels.shape
        ids = self._ids[request.prompt]
        num_tokens = len(ids) - 1 + num_visual_tokens(width, height)  # the image's token stands for all of them
        if num_tokens >= max_tokens:
            raise PageRejected(f"the page's {num_tokens} prompt tokens fill the model's context of {max_tokens}")
        prompt = {"prompt_token_ids": ids, "multi_modal_data": {"image": np.array(pixels, order="C")}}
        return PagePrompt(request.page_index, prompt, num_tokens, request.tight_guard)


def transcript_of(
    page_index: int, text: str, finish_reason: str | None, tokens: Sequence[WrittenToken] | None
) -> Transcript:
    """What vLLM wrote, and why it stopped, in our words; a reason that nobody knows is none to trust the page."""
    reason = _FINISH_REASONS.get(finish_reason or "", FinishReason.ABORT)
    if reason is FinishReason.ERROR:
        error = EngineError(
            "vLLM failed in the middle of the page", page_number=page_index + 1, hint="its log above says why"
        )
        return Transcript.failed(page_index, error, text)
    if tokens is None:
        return Transcript(page_index, text, reason)
    ends = token_ends([token.text for token in tokens], text)
    return Transcript(page_index, text, reason, logprobs=tuple(token.logprob for token in tokens), token_ends=ends)


def written_tokens(found: Any) -> list[WrittenToken]:  # noqa: ANN401 - vLLM's own type, imported with vLLM alone
    """The sampled tokens out of vLLM's flat form; the sampled token stands first."""
    return [WrittenToken(found.decoded_tokens[start] or "", found.logprobs[start]) for start in found.start_indices]
