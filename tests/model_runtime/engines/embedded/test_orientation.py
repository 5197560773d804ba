from __future__ import annotations

import numpy as np
import pytest

from tests.support.scans import scan

pytest.importorskip("rapidocr")

from model_runtime.engines.embedded.orientation import OrientationReader


@pytest.fixture(scope="module")
def reader() -> OrientationReader:
    return OrientationReader(num_threads=1)


@pytest.mark.parametrize(("quarters", "degrees"), [(0, 0), (1, 90), (2, 180), (3, 270)])
def test_the_turn_that_makes_a_page_upright_is_told(reader: OrientationReader, quarters: int, degrees: int) -> None:
    assert reader.turn_deg(np.ascontiguousarray(np.rot90(scan(-1.5), quarters))) == degrees


def test_a_small_picture_of_a_page_will_do(reader: OrientationReader) -> None:
    assert reader.turn_deg(np.ascontiguousarray(scan()[::-2, ::-2])) == 180


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 3000, 3), (3000, 1, 3), (32, 4096, 3), (4096, 32, 3), (700, 500, 3)])
@pytest.mark.parametrize("kind", ["noise", "paper"])
def test_a_picture_without_lines_stays(reader: OrientationReader, shape: tuple[int, int, int], kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    assert reader.turn_deg(noise if kind == "noise" else np.full(shape, 250, np.uint8)) == 0
