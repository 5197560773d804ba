"""One server: its client, its health, and how much it is given to do."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import httpx
import openai

from model_runtime.engines.endpoint.answer import Answer, answer_from
from model_runtime.engines.endpoint.diagnosis import CLIENT_ERRORS, fault_of
from model_runtime.engines.endpoint.fault import OF_THE_PAGE, Fault, FaultKind
from model_runtime.engines.endpoint.introduction import Introduction, introduction_from, unintroduced
from model_runtime.engines.endpoint.settings import EndpointSettings
from model_runtime.engines.endpoint.stream import StreamedAnswer
from model_runtime.engines.endpoint.telling import Telling
from model_runtime.engines.endpoint.throttle import Throttle
from model_runtime.engines.endpoint.transport import mounts

_CHAT = "/chat/completions"
_CONNECT_TIMEOUT_S = 10.0
_PROBE_TIMEOUT_S = 2.0
_NO_KEY = "none"
"""The client insists on a key; servers without one ignore it."""
_NO_SUCH_PAGE = 404
_NOT_HEALTHY = frozenset({500, 502, 503, 504})


class Server:
    """Knows what is in flight there and whether it may be given more. Lives on one event loop."""

    def __init__(self, url: str, settings: EndpointSettings) -> None:
        self.url = url
        self.throttle = Throttle(settings.max_in_flight)
        self.num_in_flight = 0
        self.is_up = True
        self.has_answered = False
        self.paused_until = 0.0
        self.trouble_since: float | None = None
        self.last_fault: Fault | None = None
        self._settings = settings
        self._introduction: Introduction | None = None
        self._introducing = asyncio.Lock()

    @cached_property
    def _client(self) -> openai.AsyncOpenAI:
        """Made when it is needed, on the event loop: to read the trusted certificates would stop the caller's."""
        settings = self._settings
        key = settings.api_key.get_secret_value() if settings.api_key else _NO_KEY
        http_client: Any = self._http  # newer clients declare httpx2 only, and take both
        return openai.AsyncOpenAI(base_url=self.url, api_key=key, max_retries=0, http_client=http_client)

    @cached_property
    def _http(self) -> httpx.AsyncClient:
        settings = self._settings
        timeout = httpx.Timeout(settings.request_timeout_s, connect=_CONNECT_TIMEOUT_S, pool=None)
        return httpx.AsyncClient(timeout=timeout, mounts=mounts(self.url, settings.max_in_flight))

    async def introduced(self) -> Introduction:
        """Which model to ask for, and in which dialect; the server is asked once. Raises: Fault."""
        async with self._introducing:
            if self._introduction is None:
                self._introduction = await self._introduce()
            return self._introduction

    async def _introduce(self) -> Introduction:
        client = self._client  # which takes its time to be made
        try:
            async with asyncio.timeout(min(self._settings.request_timeout_s, _CONNECT_TIMEOUT_S)):
                body = await client.get("/models", cast_to=bytes)
            introduction = introduction_from(body, self.url, self._settings)
        except Fault as fault:
            raise self._noted(fault) from None
        except CLIENT_ERRORS as error:
            found = fault_of(error, self.url)
            if found.status == _NO_SUCH_PAGE and self._settings.model:
                return unintroduced(self._settings.model, self._settings)
            raise self._noted(found) from error
        self._went_well()
        return introduction

    async def chat(self, arguments: dict[str, Any], telling: Telling | None = None) -> Answer:
        """One completion, told in pieces where the arguments ask for that; all is told when this returns or raises.

        Raises: Fault, which the server then keeps in mind.
        """
        streamed = StreamedAnswer(self.url, telling) if telling else None
        try:
            async with asyncio.timeout(self._settings.request_timeout_s):
                answer = await (self._streamed(arguments, streamed) if streamed else self._whole(arguments))
        except asyncio.CancelledError:
            if telling:
                telling.drop()
            raise
        except Fault as fault:
            raise self._noted(_with_text(fault, streamed)) from None
        except CLIENT_ERRORS as error:
            raise self._noted(_with_text(fault_of(error, self.url), streamed)) from error
        finally:
            if telling:
                telling.flush()
        self._went_well()
        return answer

    async def _whole(self, arguments: dict[str, Any]) -> Answer:
        """Past the client's own method, which would spend longer on checking the picture's text than on sending it."""
        return answer_from(await self._client.post(_CHAT, body=arguments, cast_to=bytes), self.url)

    async def _streamed(self, arguments: dict[str, Any], streamed: StreamedAnswer) -> Answer:
        response: Any = await self._client.post(  # past the client's own reading of events
            _CHAT, body=arguments, cast_to=httpx.Response, stream=True, stream_cls=openai.AsyncStream[object]
        )
        try:
            return await streamed.gathered(response)
        finally:
            await response.aclose()

    async def is_alive(self) -> bool:
        """Whether something that is not broken answers at the server's address, whatever it says."""
        parts = urlsplit(self.url)
        try:
            answer = await self._http.get(f"{parts.scheme}://{parts.netloc}/health", timeout=_PROBE_TIMEOUT_S)
        except (httpx.HTTPError, OSError):
            return False
        return answer.status_code not in _NOT_HEALTHY

    async def close(self) -> None:
        if "_http" in vars(self):
            await self._http.aclose()

    def _went_well(self) -> None:
        self.has_answered = True
        self.trouble_since = None
        self.throttle.went_well()

    def _noted(self, fault: Fault) -> Fault:
        now = time.monotonic()
        self.last_fault = fault
        if fault.kind in OF_THE_PAGE:
            self.has_answered = True
            return fault
        self.trouble_since = self.trouble_since or now
        if fault.kind is FaultKind.OVERLOADED:
            self.has_answered = True
            self.throttle.was_too_much(now, for_sure=fault.retry_after_s is not None)
            self.paused_until = max(self.paused_until, now + (fault.retry_after_s or 0.0))
        if fault.kind is FaultKind.TIMEOUT:
            self.throttle.was_too_much(now, for_sure=False)
        return fault


def _with_text(fault: Fault, streamed: StreamedAnswer | None) -> Fault:
    fault.text = fault.text or (streamed.text if streamed else "")
    return fault
