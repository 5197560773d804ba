"""Fault tests F14 and F16: runs that are killed, and runs over something that has changed."""

from __future__ import annotations

import random
from pathlib import Path

from tests.support.cached_run import PAGES_AT_ONCE
from tests.support.killing import killed_and_resumed
from tests.support.papers import write_paper

NUM_PAGES = 40
NUM_KILLS = 4


def test_a_run_that_is_killed_again_and_again_ends_like_an_unbroken_one(tmp_path: Path) -> None:
    """F14; 500 pages and 20 kills are in the benchmark of the cache."""
    paper = write_paper(tmp_path / "paper.pdf", [f"This is page {number}" for number in range(NUM_PAGES)])
    rng = random.Random(14)  # noqa: S311 - a seed, so that a failure comes again
    unbroken = killed_and_resumed(paper, tmp_path / "unbroken", [])
    broken = killed_and_resumed(paper, tmp_path / "broken", [rng.randrange(NUM_PAGES) for _ in range(NUM_KILLS)])
    assert broken.document == unbroken.document
    assert broken.document.count(b'"page_index"') == NUM_PAGES
    assert set(broken.num_times_asked) == set(range(NUM_PAGES))
    assert not broken.asked_though_finished
    assert broken.num_times_asked.total() <= NUM_PAGES + NUM_KILLS * PAGES_AT_ONCE
