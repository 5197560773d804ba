"""One chat completion as the server sees it, with the ways to answer it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from tests.support.openai_server.pages import Pixels

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


class CutOff(Exception):
    """Makes uvicorn drop the connection in the middle of a body."""


@dataclass(frozen=True, slots=True)
class Call:
    number: int
    """Of all calls, from 0."""
    page: int
    """The number on the page's picture."""
    attempt: int
    """How many calls came for this page before."""
    body: dict[str, Any]
    pixels: Pixels
    text: str
    """What the model would write."""
    send: Send
    receive: Receive

    async def answer(
        self,
        body: bytes,
        *,
        status: int = 200,
        length: int | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> None:
        """`length` other than the body's own leaves it unfinished."""
        await self.begin(status, content_type, **headers, content_length=str(len(body) if length is None else length))
        await self.send({"type": "http.response.body", "body": body, "more_body": length is not None})

    async def begin(self, status: int, content_type: str, **headers: str) -> None:
        named = {"content-type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
        raw = [(name.encode(), value.encode()) for name, value in named.items()]
        await self.send({"type": "http.response.start", "status": status, "headers": raw})

    async def answer_json(self, value: object, *, status: int = 200, **headers: str) -> None:
        await self.answer(json.dumps(value).encode(), status=status, **headers)

    async def refuse(self, status: int, message: str, **headers: str) -> None:
        error = {"message": message, "type": "error", "code": status}
        await self.answer_json({"error": error}, status=status, **headers)

    async def complete(self, text: str | None = None, finish_reason: str | None = "stop", **choice: object) -> None:
        """The good answer, or one that differs from it in what is given; streamed when that was asked for."""
        text = self.text if text is None else text
        if self.body.get("stream"):
            await self.stream(pieces_of(text), finish_reason)
            return
        message = {"role": "assistant", "content": text}
        whole = {"index": 0, "message": message, "finish_reason": finish_reason, **self._logprobs(text), **choice}
        await self.answer_json({"id": "1", "object": "chat.completion", "choices": [whole], "usage": None})

    async def stream(self, pieces: Iterable[str], finish_reason: str | None, pause_s: float = 0.0) -> None:
        await self.begin(200, "text/event-stream")
        for piece in pieces:
            await self.event({"choices": [{"index": 0, "delta": {"content": piece}, **self._logprobs(piece)}]})
            if pause_s and await self.is_gone_within(pause_s):
                return
        await self.event({"choices": [{"index": 0, "delta": {}, "finish_reason": finish_reason}]})
        await self.end_stream()

    async def event(self, value: object) -> None:
        line = f"data: {json.dumps(value)}\n\n".encode()
        await self.send({"type": "http.response.body", "body": line, "more_body": True})

    async def end_stream(self) -> None:
        await self.send({"type": "http.response.body", "body": b"data: [DONE]\n\n", "more_body": False})

    async def is_gone_within(self, seconds: float) -> bool:
        """Waits so long, or until the client hangs up."""
        try:
            message = await asyncio.wait_for(self.receive(), seconds)
        except TimeoutError:
            return False
        return message["type"] == "http.disconnect"

    def _logprobs(self, text: str) -> dict[str, object]:
        if not self.body.get("logprobs"):
            return {}
        return {"logprobs": {"content": [{"token": piece, "logprob": -0.125} for piece in pieces_of(text)]}}


def pieces_of(text: str) -> list[str]:
    """As a model would write it: a few characters at a time."""
    return [text[start : start + 5] for start in range(0, len(text), 5)]
