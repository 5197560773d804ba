"""One warm render process for the tests of this folder; tests that are about processes start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ocr2_loaders.pages import RenderPool
from ocr2_loaders.settings import RenderSettings


@pytest.fixture(scope="session")
def renderers() -> Iterator[RenderPool]:
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        yield pool
