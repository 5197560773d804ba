from __future__ import annotations

import numpy as np
import pytest

from tests.support.scans import TYPESET, page_of, scan

pytest.importorskip("jdeskew")

from ocr2_loaders.filters.deskew import MIN_SKEW_DEG, Deskew, skew_deg


@pytest.mark.parametrize("degrees", [-9.0, -2.5, -0.7, 0.7, 4.0, 9.0])
def test_a_scan_askew_is_levelled(degrees: float) -> None:
    result = Deskew()(page_of(scan(degrees)))
    assert result.turned_deg == pytest.approx(-degrees, abs=0.3)
    assert abs(skew_deg(result.pixels)) < MIN_SKEW_DEG


def test_a_level_scan_stays_as_it_is() -> None:
    page = page_of(scan())
    assert Deskew()(page) is page


def test_a_typeset_page_stays_as_it_is() -> None:
    page = page_of(scan(4.0), layer=TYPESET)
    assert Deskew()(page) is page


@pytest.mark.parametrize("shape", [(900, 700, 3), (1, 1, 3), (3, 4000, 3), (4000, 3, 3)])
@pytest.mark.parametrize("kind", ["noise", "paper", "clouds"])
def test_a_picture_without_lines_is_never_turned(shape: tuple[int, int, int], kind: str) -> None:
    random = np.random.default_rng(0)
    ramp = np.linspace(0, 255, shape[0] * shape[1]).reshape(shape[:2])[..., None].repeat(3, axis=2)
    pixels = {"noise": random.integers(0, 256, shape), "paper": np.full(shape, 244), "clouds": ramp}[kind]
    page = page_of(pixels.astype(np.uint8))
    assert Deskew()(page) is page


def test_it_says_what_decides_the_angle() -> None:
    assert "jdeskew" in Deskew().version
