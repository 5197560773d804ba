"""Scanned pages through the real RapidOCR, with the network shut."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple, NoReturn

import numpy as np
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from examples.build_sample import draw_columns, reading_order, sample
from model_runtime.contract import PageRequest, Transcript
from model_runtime.engines.embedded import EmbeddedEngine
from model_runtime.grounding import parse
from tests.support.embedded import requests_of
from tests.support.patience import patient
from tests.support.reading import read_all

pytest.importorskip("rapidocr")
pytest.importorskip("onnxruntime")

BLANK_PAGE = """
import asyncio
import numpy as np
from model_runtime.contract import PageRequest
from model_runtime.engines.embedded import EmbeddedEngine

with EmbeddedEngine() as engine:
    asyncio.run(engine.read(PageRequest(0, np.full((64, 64, 3), 250, np.uint8), 64.0, 64.0)))
"""
LONG = 40
"""Pieces of at least so many characters are looked for in the order of the page."""


class Reading(NamedTuple):
    """What the engine made of three pages."""

    columns: Transcript
    letter: Transcript
    blank: Transcript


@pytest.fixture(scope="module")
def shut_network() -> Iterator[None]:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("the engine went to the network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        yield


@pytest.fixture(scope="module")
def reading(shut_network: None, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    requests = [columns_askew(), list(requests_of(sample(), with_text_layer=False))[2]]
    blank = PageRequest(2, np.full((300, 200, 3), 250, np.uint8), 200.0, 300.0)
    with EmbeddedEngine() as engine:
        columns, letter, empty = read_all(engine, [*requests, blank])
        assert isinstance(columns, Transcript)
        assert isinstance(letter, Transcript)
        assert isinstance(empty, Transcript)
        return Reading(columns, letter, empty)


def columns_askew() -> PageRequest:
    """The two-column page of the example as a noisy scan, turned by one degree."""
    drawn = io.BytesIO()
    canvas = Canvas(drawn, pagesize=A4)
    draw_columns(canvas)
    canvas.save()
    (request,) = requests_of(drawn.getvalue(), with_text_layer=False)
    page = Image.fromarray(request.pixels).rotate(1.0, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    noise = np.random.default_rng(3).normal(-6, 6, request.pixels.shape)
    pixels = np.clip(np.asarray(page) + noise, 0, 255).astype(np.uint8)
    return PageRequest(0, pixels, request.width_pt, request.height_pt)


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_two_columns_askew_are_read_in_order(reading: Reading):
    read = letters(reading.columns.text)
    starts = [
        letters(piece.text)[:20] for piece in reading_order(1) if len(piece.text) >= LONG and piece.label != "formula"
    ]
    places = [place for start in starts if (place := read.find(start)) >= 0]
    assert len(places) >= 0.9 * len(starts)
    assert places == sorted(places)


def test_a_scanned_table_keeps_its_spans_and_its_caption(reading: Reading):
    spans = parse(reading.columns.text)
    (place,) = [i for i, span in enumerate(spans) if span.label == "table"]
    table = spans[place].text
    assert table.count("<tr>") == 6
    assert (table.count('rowspan="3"'), table.count('rowspan="2"'), table.count('colspan="2"')) == (1, 1, 1)
    assert spans[place - 1].label == "table_caption"


def test_a_scanned_page_is_labelled_by_place_and_print(reading: Reading):
    found = [span.label for span in parse(reading.letter.text)]
    assert found == [
        "header", "sub_title", "text", "text", "sub_title", "text", "text", "footer", "page_number",
    ]  # fmt: skip


def test_a_scanned_page_is_read_almost_letter_by_letter(reading: Reading):
    expected = letters("".join(piece.text for piece in reading_order(3)))
    read = letters("".join(span.body for span in parse(reading.letter.text)))
    assert SequenceMatcher(None, expected, read, autojunk=False).ratio() > 0.98


def test_the_page_says_that_it_was_read_from_pixels(reading: Reading):
    (note,) = reading.letter.notes
    assert note.startswith("read by RapidOCR (mean confidence 0.9")


def test_a_blank_page_is_an_empty_transcript_and_no_error(reading: Reading):
    assert (reading.blank.text, reading.blank.error, reading.blank.notes) == ("", None, ("RapidOCR found no text",))


def test_rapidocr_writes_nothing_to_the_terminal():
    done = subprocess.run(
        [sys.executable, "-c", BLANK_PAGE], capture_output=True, text=True, check=False, timeout=patient(60)
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
