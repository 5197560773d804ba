"""Faults of servers, each a way to answer one call, and plans of when they strike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random

from tests.support.openai_server.call import Call, CutOff, pieces_of

Fault = Callable[[Call], Awaitable[None]]
Plan = Callable[[Call], Fault | None]

FOR_EVER_S = 3600.0


def refusal(status: int, message: str = "no", **headers: str) -> Fault:
    """An HTTP error; ``Retry_After="5"`` adds a header."""

    async def fault(call: Call) -> None:
        await call.refuse(status, message, **headers)

    return fault


async def reset(call: Call) -> None:
    """The connection breaks in the middle of the body."""
    await call.answer(b'{"id": "1", "choices": [{"mess', length=10_000)
    raise CutOff


async def hang(call: Call) -> None:
    """Nothing comes until the client gives up."""
    await call.is_gone_within(FOR_EVER_S)


def says(body: bytes, content_type: str = "application/json", **headers: str) -> Fault:
    """200 and a body of the test's choice."""

    async def fault(call: Call) -> None:
        await call.answer(body, content_type=content_type, **headers)

    return fault


def ends(finish_reason: str | None, text: str | None = None) -> Fault:
    """A good answer that ended for another reason."""

    async def fault(call: Call) -> None:
        await call.complete(text, finish_reason)

    return fault


async def error_in_stream(call: Call) -> None:
    """As vLLM does: 200, some text, an error event, and `[DONE]` all the same."""
    await call.begin(200, "text/event-stream")
    await call.event({"choices": [{"index": 0, "delta": {"content": call.text[:20]}}]})
    await call.event({"error": {"message": "engine broke", "type": "InternalServerError", "code": 500}})
    await call.end_stream()


async def cut_stream(call: Call) -> None:
    """The stream ends, with `[DONE]`, before it says why."""
    await call.begin(200, "text/event-stream")
    for piece in pieces_of(call.text)[:4]:
        await call.event({"choices": [{"index": 0, "delta": {"content": piece}}]})
    await call.end_stream()


async def broken_stream(call: Call) -> None:
    """The connection breaks in mid-stream."""
    await call.begin(200, "text/event-stream")
    await call.event({"choices": [{"index": 0, "delta": {"content": call.text[:20]}}]})
    raise CutOff


async def garbage_in_stream(call: Call) -> None:
    """In the middle of the stream, what is no JSON."""
    await call.begin(200, "text/event-stream")
    await call.event({"choices": [{"index": 0, "delta": {"content": call.text[:20]}}]})
    await call.send({"type": "http.response.body", "body": b"data: {not json\n\n", "more_body": True})
    await call.end_stream()


async def drip(call: Call) -> None:
    """One small piece a tenth of a second: every read is in time, the answer never is."""
    await call.stream(["x"] * 10_000, "stop", pause_s=0.1)


def first(num_attempts: int, fault: Fault) -> Plan:
    """The first attempts of every page fail."""
    return lambda call: fault if call.attempt < num_attempts else None


def always(fault: Fault) -> Plan:
    return lambda _: fault


def on_page(page: int, fault: Fault) -> Plan:
    return lambda call: fault if call.page == page else None


def chaos(seed: int, *, overloaded: float, resets: float, hangs: float) -> Plan:
    """Shares of all calls, drawn from the seed, the page and the attempt: the same in every run."""

    def plan(call: Call) -> Fault | None:
        draw = Random(f"{seed}/{call.page}/{call.attempt}").random()  # noqa: S311 # repeatable, not secret
        if draw < overloaded:
            return refusal(503, "try again")
        if draw < overloaded + resets:
            return reset
        return hang if draw < overloaded + resets + hangs else None

    return plan
