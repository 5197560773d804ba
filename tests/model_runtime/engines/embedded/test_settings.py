"""How much of the machine the embedded engine takes."""

from __future__ import annotations

import pytest

from model_runtime.engines.embedded import EmbeddedSettings
from model_runtime.engines.embedded.settings import num_cores


@pytest.mark.parametrize(
    "wrong", [{"pages_in_flight": 0}, {"threads_per_page": -1}, {"min_score": 1.5}, {"min_score": -0.1}]
)
def test_values_that_mean_nothing_are_refused_by_name(wrong: dict[str, int]):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        EmbeddedSettings(**wrong)  # type: ignore[arg-type]  # the wrong values are the point


def test_by_default_every_core_has_one_page_and_a_lone_page_has_every_core():
    settings = EmbeddedSettings()
    assert (settings.num_pages, settings.num_threads, settings.num_threads_alone) == (num_cores(), 1, num_cores())


def test_what_is_asked_for_is_taken():
    settings = EmbeddedSettings(pages_in_flight=3, threads_per_page=4)
    assert (settings.num_pages, settings.num_threads, settings.num_threads_alone) == (3, 4, 4)
