"""An ASGI app that speaks the OpenAI protocol over pages it recognises, and fails as it is told."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.openai_server.call import Call, CutOff, Receive, Send
from tests.support.openai_server.faults import Plan
from tests.support.openai_server.pages import Pixels, number_of, numbered_transcript, pixels_in

MODEL = "deepseek-ai/DeepSeek-OCR-2"


class OpenAiApp:
    """Answers each page with its transcript after `latency_s`, unless `plan` has a fault for the call.

    Keeps count: `calls` by page, `bodies` as they came (without pictures), the largest number in flight, and the
    clients that hung up.
    """

    def __init__(
        self,
        transcripts: Callable[[Pixels], str] = numbered_transcript,
        *,
        plan: Plan = lambda _: None,
        latency_s: float = 0.0,
        api_key: str | None = None,
        owned_by: str = "vllm",
    ) -> None:
        self.plan = plan
        self.transcripts = transcripts
        self.latency_s = latency_s
        self.api_key = api_key
        self.owned_by = owned_by
        self.calls: Counter[int] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.times: list[float] = []
        self.num_in_flight = 0
        self.most_in_flight = 0
        self.num_aborted = 0
        self.is_healthy = True
        self.lists_models = True

    @property
    def num_calls(self) -> int:
        return self.calls.total()

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answers = {"/health": self._health, "/v1/models": self._models, "/v1/chat/completions": self._chat}
        blank = Call(0, 0, 0, {}, None, "", send, receive)  # type: ignore[arg-type] # a call without a page
        answer = answers.get(scope["path"])
        if answer is None:
            await blank.refuse(404, "Not Found")
        elif not self._is_let_in(scope) and scope["path"] != "/health":
            await blank.refuse(401, "Unauthorized")
        else:
            await answer(blank)

    def _is_let_in(self, scope: Mapping[str, Any]) -> bool:
        headers = dict(scope["headers"])
        return self.api_key is None or headers.get(b"authorization") == f"Bearer {self.api_key}".encode()

    async def _health(self, call: Call) -> None:
        await call.answer(b"", status=200 if self.is_healthy else 503)

    async def _models(self, call: Call) -> None:
        if not self.lists_models:
            await call.refuse(404, "Not Found")
            return
        card = {"id": MODEL, "object": "model", "owned_by": self.owned_by, "max_model_len": 8192}
        await call.answer_json({"object": "list", "data": [card]})

    async def _chat(self, blank: Call) -> None:
        self.num_in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.num_in_flight)
        try:
            await self._answer(await self._call(blank))
        finally:
            self.num_in_flight -= 1

    async def _answer(self, call: Call) -> None:
        if self.latency_s and await call.is_gone_within(self.latency_s):
            self.num_aborted += 1
            return
        fault = self.plan(call)
        try:
            await (fault(call) if fault else call.complete())
        except CutOff:
            raise
        except OSError:
            self.num_aborted += 1

    async def _call(self, blank: Call) -> Call:
        body = json.loads(await _body(blank.receive))
        self.times.append(asyncio.get_running_loop().time())
        pixels = pixels_in(body["messages"])
        page = number_of(pixels)
        attempt = self.calls[page]
        self.calls[page] += 1
        self.bodies.append({name: value for name, value in body.items() if name != "messages"})
        text = self.transcripts(pixels)
        return Call(len(self.bodies) - 1, page, attempt, body, pixels, text, blank.send, blank.receive)


async def _body(receive: Receive) -> bytes:
    pieces = []
    more = True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(pieces)
