"""First come, first served: the order in which pages reach a server that takes one at a time."""

from __future__ import annotations

import asyncio
from threading import Event

from model_runtime.contract import Transcript
from model_runtime.engines.endpoint import EndpointEngine
from tests.support.openai_server import faults
from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.call import Call
from tests.support.openai_server.pages import numbered_page
from tests.support.openai_server.running import assert_all_good, served, transcribed


def test_a_page_that_is_tried_again_goes_before_the_first_try_of_those_behind_it() -> None:
    """Page 0 is turned away once the pages behind it were asked for, with a pause in which it joins them again."""
    arrived, behind = list[int](), Event()

    async def turn_away(call: Call) -> None:
        while not behind.is_set():
            await call.is_gone_within(0.01)
        await call.refuse(429, "later", retry_after="0.2")

    def plan(call: Call) -> faults.Fault | None:
        arrived.append(call.page)
        return turn_away if call.page == call.attempt == 0 else None

    async def scene(engine: EndpointEngine) -> list[Transcript]:
        tasks = [asyncio.create_task(engine.read(numbered_page(page))) for page in range(12)]
        await asyncio.sleep(0)  # each has been asked for
        behind.set()
        return await asyncio.gather(*tasks)

    with served(OpenAiApp(plan=plan), max_in_flight=1) as engine:
        assert_all_good(asyncio.run(scene(engine)), 12)
    assert arrived == [0, *range(12)]


def test_each_page_that_is_turned_away_gets_its_second_try_before_anyone_behind_it_gets_a_first() -> None:
    arrived = list[int]()

    def plan(call: Call) -> faults.Fault | None:
        arrived.append(call.page)
        return faults.refusal(429, retry_after="0.05") if call.attempt == 0 else None

    # The first takes longest to encode.
    pages = [numbered_page(page, side=800 if page == 0 else 16) for page in range(8)]
    assert_all_good(transcribed(OpenAiApp(plan=plan), pages, max_in_flight=1), 8)
    assert arrived == [page for page in range(8) for _ in range(2)]
