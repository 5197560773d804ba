"""An engine that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager

from model_runtime.contract import EngineIdentity, FinishReason, PageRequest, Tell, Transcript
from model_runtime.errors import EngineError

Answer = str | tuple[str, FinishReason] | EngineError


class ScriptedEngine(AbstractContextManager["ScriptedEngine"]):
    """Calls `answer` for every request, and awaits what has to be awaited; a text alone is a page that ended well."""

    reads_text_layer = False
    reads_again = True

    def __init__(
        self, answer: Callable[[PageRequest], Answer | Awaitable[Answer]], *, name: str = "scripted", capacity: int = 1
    ) -> None:
        self.identity = EngineIdentity(name, "1", "none")
        self.capacity = capacity
        self.requests: list[PageRequest] = []
        self.num_closed = 0
        self._answer = answer

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        self.requests.append(request)
        answer = self._answer(request)
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, EngineError):
            return Transcript.failed(request.page_index, answer)
        text, reason = (answer, FinishReason.STOP) if isinstance(answer, str) else answer
        return Transcript(request.page_index, text, reason)

    def close(self) -> None:
        self.num_closed += 1

    def __exit__(self, *_: object) -> None:
        self.close()
