"""Which reader a page gets: one with every core when it is alone, else one of many with few threads."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import ClassVar

import pytest

from model_runtime.engines.embedded.reader_pool import ReaderPool
from model_runtime.engines.embedded.settings import EmbeddedSettings
from tests.support.patience import patient

pytest.importorskip("rapidocr")


class Loaded:
    """Stands for a reader, and counts how many were loaded with so many threads."""

    counts: ClassVar[Counter[int]] = Counter()

    def __init__(self, num_threads: int, _min_score: float) -> None:
        self.num_threads = num_threads
        self.counts[num_threads] += 1


@pytest.fixture(autouse=True)
def counts(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    module = "model_runtime.engines.embedded.reader_pool"
    monkeypatch.setattr(f"{module}.OcrReader", Loaded)
    monkeypatch.setattr(f"{module}._ONE_MOMENT_S", 0.05)
    monkeypatch.setattr("model_runtime.engines.embedded.settings.num_cores", lambda: 4)
    monkeypatch.setattr(Loaded, "counts", Counter())
    return Loaded.counts


def threads_of_page(pool: ReaderPool) -> int:
    with pool.page_under_way(), pool.reader() as reader:
        return reader.num_threads  # type: ignore[attr-defined] # it is Loaded


def test_a_page_that_is_alone_gets_every_core(counts: Counter[int]) -> None:
    pool = ReaderPool(EmbeddedSettings())
    assert [threads_of_page(pool) for _ in range(3)] == [4, 4, 4]
    assert counts == {4: 1}


def test_a_run_of_many_pages_loads_one_kind_of_reader(counts: Counter[int]) -> None:
    pool = ReaderPool(EmbeddedSettings())
    all_there = Barrier(4, timeout=patient(10))

    def page(_: int) -> int:
        with pool.page_under_way():
            all_there.wait()
            with pool.reader() as reader:
                all_there.wait()
                return reader.num_threads  # type: ignore[attr-defined] # it is Loaded

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(page, range(40))) == [1] * 40
    assert counts == {1: 4}


def test_the_first_page_of_many_waits_a_moment_for_the_second(
    counts: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second comes while the first waits, which would wait for ever otherwise."""
    monkeypatch.setattr("model_runtime.engines.embedded.reader_pool._ONE_MOMENT_S", float(2**20))
    pool = ReaderPool(EmbeddedSettings())
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(threads_of_page, pool)
        with ExitStack() as under_way:
            under_way.enter_context(pool.page_under_way())
            assert first.result(timeout=patient(10)) == 1
    assert counts == {1: 1}


def test_a_page_that_is_alone_after_many_does_not_wait_where_its_reader_is_there(
    counts: Counter[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = ReaderPool(EmbeddedSettings())
    assert threads_of_page(pool) == 4
    monkeypatch.setattr("model_runtime.engines.embedded.reader_pool._ONE_MOMENT_S", float(2**20))
    assert threads_of_page(pool) == 4
    assert counts == {4: 1}


def test_chosen_threads_are_those_of_every_page(counts: Counter[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model_runtime.engines.embedded.reader_pool._ONE_MOMENT_S", float(2**20))
    pool = ReaderPool(EmbeddedSettings(pages_in_flight=2, threads_per_page=3))
    assert threads_of_page(pool) == 3
    assert counts == {3: 1}
