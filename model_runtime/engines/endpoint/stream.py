"""An answer while it is being written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from openai.types.chat import ChatCompletionChunk
from pydantic import ValidationError

from model_runtime.engines.endpoint.answer import Answer, Logprobs, TokenLogprob, whole_answer
from model_runtime.engines.endpoint.fault import Fault, FaultKind

DeltaSink = Callable[[str], None]
"""Is given every piece of text as it comes."""


class StreamedAnswer:
    """Gathers the pieces of one answer; whatever ends it, `text` is what had come by then."""

    def __init__(self, url: str, sink: DeltaSink) -> None:
        self._url = url
        self._sink = sink
        self._pieces: list[str] = []
        self._tokens: list[TokenLogprob] = []
        self._finish_reason: str | None = None

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    async def gathered(self, chunks: AsyncIterator[ChatCompletionChunk]) -> Answer:
        """Raises: Fault when the stream ends without a finish reason that means a page."""
        async for chunk in chunks:
            self._take(chunk)
        return whole_answer(self.text, self._finish_reason, self._tokens, self._url)

    def _take(self, chunk: ChatCompletionChunk) -> None:
        """The client does not check what it parses, so nothing is taken for granted here."""
        try:
            for choice in (chunk.choices or ())[:1]:
                self._finish_reason = choice.finish_reason or self._finish_reason
                if choice.logprobs:
                    self._tokens += Logprobs.model_validate(choice.logprobs, from_attributes=True).content or ()
                piece = choice.delta.content
                if piece:
                    self._pieces.append(piece)
                    self._sink(piece)
        except (AttributeError, TypeError, ValidationError):
            raise Fault(FaultKind.GARBLED, f"a piece of the answer of {self._url} cannot be read") from None
