"""An engine that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from model_runtime.contract import EngineIdentity, FinishReason, PageRequest, Transcript
from model_runtime.errors import EngineError

Answer = str | tuple[str, FinishReason] | EngineError


class ScriptedEngine(AbstractContextManager["ScriptedEngine"]):
    """Calls `answer` for every request; a text alone is a page that ended well."""

    reads_text_layer = False

    def __init__(self, answer: Callable[[PageRequest], Answer], *, name: str = "scripted") -> None:
        self.identity = EngineIdentity(name, "1", "none")
        self.requests: list[PageRequest] = []
        self.num_closed = 0
        self._answer = answer

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        for request in requests:
            self.requests.append(request)
            answer = self._answer(request)
            if isinstance(answer, EngineError):
                yield Transcript.failed(request.page_index, answer)
            else:
                text, reason = (answer, FinishReason.STOP) if isinstance(answer, str) else answer
                yield Transcript(request.page_index, text, reason)

    def close(self) -> None:
        self.num_closed += 1

    def __exit__(self, *_: object) -> None:
        self.close()
