"""An ASGI app that speaks the partition endpoint of the Unstructured API."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from PIL import Image

from tests.support.openai_server.call import Receive, Send
from tests.support.openai_server.pages import Pixels

Answer = tuple[int, object]
"""Status and body."""


class PartitionApp:
    """Answers every picture that is uploaded with `answer(pixels)`, and keeps the forms and the keys it got."""

    def __init__(self, answer: Callable[[Pixels], Answer], api_key: str | None = None) -> None:
        self.answer = answer
        self.api_key = api_key
        self.forms: list[bytes] = []
        self.num_in_flight = self.most_in_flight = 0

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.num_in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.num_in_flight)
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        await self.before_answer(receive)
        key = dict(scope["headers"]).get(b"unstructured-api-key", b"").decode()
        status, told = self._told(scope["path"], key, body)
        self.num_in_flight -= 1
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    async def before_answer(self, receive: Receive) -> None:
        """What goes on between the picture and the answer."""

    def _told(self, path: str, key: str, body: bytes) -> Answer:
        if path != "/general/v0/general":
            return 404, {"detail": "Not Found"}
        if self.api_key is not None and key != self.api_key:
            return 401, {"detail": "API key is malformed"}
        self.forms.append(body)
        return self.answer(_picture_in(body))


def _picture_in(form: bytes) -> Pixels:
    start, end = form.index(b"\x89PNG"), form.index(b"IEND") + 8
    with Image.open(io.BytesIO(form[start:end]), formats=["PNG"]) as image:
        return np.asarray(image.convert("RGB"))
