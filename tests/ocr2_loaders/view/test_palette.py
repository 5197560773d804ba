from __future__ import annotations

from itertools import combinations

import pytest

from ocr2_loaders.blocks.label import BlockLabel
from ocr2_loaders.transcription import PageStatus
from ocr2_loaders.view.banner import BANNER_COLOURS
from ocr2_loaders.view.palette import BLACK, COLOURS, WHITE, legible_on


def test_every_label_has_a_colour():
    assert set(COLOURS) == set(BlockLabel)


def test_every_status_but_ok_has_a_banner():
    assert set(BANNER_COLOURS) == set(PageStatus) - {PageStatus.OK}


def test_no_two_labels_look_alike():
    for (one, first), (other, second) in combinations(COLOURS.items(), 2):
        distance = sum(abs(a - b) for a, b in zip(first, second, strict=True))
        assert distance >= 40, (one, other)


@pytest.mark.parametrize(
    ("colour", "ink"), [(WHITE, BLACK), (BLACK, WHITE), ((255, 255, 0), BLACK), ((0, 0, 255), WHITE)]
)
def test_lettering_stands_out_from_its_ground(colour, ink):
    assert legible_on(colour) == ink
