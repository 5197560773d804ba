"""An engine that several calls share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest

from model_runtime.engines.kept_engine import KeptEngine
from model_runtime.engines.registry import ENGINES, EngineEntry
from model_runtime.errors import EngineUnavailable
from tests.support.engines import WaitingEngine


@pytest.fixture
def name(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(ENGINES, "waiting", EngineEntry("tests.support.engines", "WaitingEngine", ()))
    return "waiting"


def test_an_engine_is_opened_once_for_all_calls_of_all_threads(name: str) -> None:
    kept = KeptEngine(name)
    with ThreadPoolExecutor(4) as threads:
        opened = list(threads.map(lambda _: kept.engine(), range(16)))
    assert {id(each) for each in opened} == {id(opened[0])}


def test_a_closed_engine_is_opened_again_when_it_is_needed(name: str) -> None:
    kept = KeptEngine(name)
    first = cast(WaitingEngine, kept.engine())
    kept.close()
    kept.close()
    assert first.num_closed == 1
    assert kept.engine() is not first


def test_an_engine_that_was_handed_over_is_left_open() -> None:
    engine = WaitingEngine()
    kept = KeptEngine(engine)
    assert kept.engine() is engine
    kept.close()
    assert engine.num_closed == 0


def test_an_engine_that_is_unknown_is_told_of_when_it_is_needed() -> None:
    kept = KeptEngine("nonsense")
    with pytest.raises(EngineUnavailable, match="nonsense"):
        kept.engine()
