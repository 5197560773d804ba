"""A document through every stage, as `ocr2_loaders.load` walks it."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ocr2_loaders
from model_runtime.engines.recording import RecordingEngine
from model_runtime.engines.replay import Recording, ReplayEngine
from ocr2_loaders import BlockLabel, LoadSettings, PageResult, PageStatus, RenderSettings, figure_of, picture_of
from ocr2_loaders.errors import DamagedDocument, MissingTranscript, SourceNotFound, UnsupportedFormat
from ocr2_loaders.settings import RecoverySettings, RecoveryWay, TranscriptionSettings
from tests.support.papers import write_paper
from tests.support.patience import patient
from tests.support.scripted import ScriptedEngine

SPAN = "<|ref|>{label}<|/ref|><|det|>[[{box}]]<|/det|>\n{body}\n\n"


def span(body: str, label: str = "text", box: str = "100, 100, 900, 140") -> str:
    return SPAN.format(label=label, box=box, body=body)


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one", "two", "three"])


def test_a_document_streams_page_by_page(paper: Path) -> None:
    pages = ocr2_loaders.load(paper, engine=ReplayEngine.from_texts([span("eins"), span("zwei"), span("drei")]))
    first = next(pages)
    assert (first.page_number, first.num_pages, first.markdown) == (1, 3, "eins")
    assert [page.markdown for page in pages] == ["zwei", "drei"]


def test_the_same_bytes_give_the_same_ids_whatever_they_are_called(paper: Path) -> None:
    texts = [span("eins"), span("zwei") + span("mehr"), span("drei")]
    by_path = list(ocr2_loaders.load(paper, engine=ReplayEngine.from_texts(texts)))
    by_bytes = list(ocr2_loaders.load(paper.read_bytes(), engine=ReplayEngine.from_texts(texts)))
    assert [page.id for page in by_path] == [page.id for page in by_bytes]
    assert [block.id for page in by_path for block in page.blocks] == [
        block.id for page in by_bytes for block in page.blocks
    ]
    assert len({block.id for page in by_path for block in page.blocks}) == 4


def test_sources_share_one_engine_and_come_in_order(paper: Path, tmp_path: Path) -> None:
    picture = tmp_path / "scan.png"
    Image.new("L", (200, 300), 90).save(picture)
    Image.open(picture).close()
    ink = np.full((300, 200), 255, np.uint8)
    ink[50:60, 20:180] = 0
    Image.fromarray(ink).save(picture)
    engine = ReplayEngine.from_texts([span(word) for word in ("scan", "one", "two", "three", "bytes")])
    pages = list(ocr2_loaders.load([picture, str(paper), io.BytesIO(picture.read_bytes())], engine=engine))
    assert [page.text for page in pages] == ["scan", "one", "two", "three", "bytes"]
    assert [page.source.name for page in pages[:4]] == ["scan.png", "paper.pdf", "paper.pdf", "paper.pdf"]


def test_every_page_and_every_source_ends_as_a_result(paper: Path, tmp_path: Path) -> None:
    broken, page = tmp_path / "broken.pdf", tmp_path / "page.html"
    broken.write_bytes(b"%PDF-1.7\nand nothing else")
    page.write_text("<!DOCTYPE html>")
    engine = ReplayEngine.from_texts([span("eins"), span("zwei")])
    results = list(ocr2_loaders.load([broken, paper, page, tmp_path / "absent.pdf"], engine=engine))
    assert [result.status.value for result in results] == ["failed", "ok", "ok", "failed", "failed", "failed"]
    assert [type(result.error) for result in results] == [
        DamagedDocument,
        type(None),
        type(None),
        MissingTranscript,
        UnsupportedFormat,
        SourceNotFound,
    ]
    assert all((result.error is not None) == (result.status is PageStatus.FAILED) for result in results)


def test_strict_raises_the_typed_error_of_the_first_failure(paper: Path) -> None:
    pages = ocr2_loaders.load(paper, engine=ReplayEngine.from_texts([span("eins")]), strict=True)
    assert next(pages).markdown == "eins"
    with pytest.raises(MissingTranscript) as caught:
        next(pages)
    assert caught.value.page_number == 2
    assert caught.value.source == "paper.pdf"


def test_a_blank_page_is_blank_and_costs_the_engine_nothing(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one", "", "three"])
    engine = ReplayEngine.from_texts([span("eins"), span("drei")])
    assert [(page.status.value, page.markdown) for page in ocr2_loaders.load(paper, engine=engine)] == [
        ("ok", "eins"),
        ("blank", ""),
        ("ok", "drei"),
    ]


def test_pages_and_engines_that_belong_to_the_caller_stay_open(paper: Path) -> None:
    class Closing(ReplayEngine):
        closed = False

        def close(self) -> None:
            self.closed = True

    engine = Closing([Recording(span("eins"))])
    next(ocr2_loaders.load(paper, engine=engine))
    assert not engine.closed


def test_recorded_pictures_find_their_pages_again_in_any_order(paper: Path, tmp_path: Path) -> None:
    recordings = tmp_path / "recordings.jsonl"
    with RecordingEngine(ReplayEngine.from_texts([span("eins"), span("zwei"), span("drei")]), recordings) as recorder:
        list(ocr2_loaders.load(paper, engine=recorder))
    only_the_last = LoadSettings(render=RenderSettings(pages="3"))
    (page,) = ocr2_loaders.load(paper, engine=ReplayEngine.from_path(recordings), settings=only_the_last)
    assert page.markdown == "drei"


def test_a_figure_is_cut_out_on_demand(tmp_path: Path) -> None:
    pixels = np.full((400, 300, 3), 255, np.uint8)
    pixels[100:200, 60:240] = (200, 30, 30)
    picture = tmp_path / "figure.png"
    Image.fromarray(pixels).save(picture)
    transcript = span("", "image", "200, 250, 800, 500") + span("words")
    (page,) = ocr2_loaders.load(picture, engine=ReplayEngine.from_texts([transcript]))
    figure, words = page.blocks
    assert figure.label is BlockLabel.FIGURE
    assert picture_of(page).shape == (400, 300, 3)
    cut = figure_of(page, figure)
    assert cut is not None
    assert cut.size == (181, 101)
    assert cut.getpixel((90, 50)) == (200, 30, 30)
    assert figure_of(page, words) is not None


def test_a_result_carries_no_pixels(paper: Path) -> None:
    (page, *_) = ocr2_loaders.load(paper, engine=ReplayEngine.from_texts([span("eins")]))
    assert _size(page) < 20_000


def _size(page: PageResult) -> int:
    import pickle

    return len(pickle.dumps(page))


def test_a_script_without_a_main_guard_can_load(paper: Path, tmp_path: Path) -> None:
    """Worker processes never run the user's own script again, as `multiprocessing` would."""
    import subprocess

    script = tmp_path / "script.py"
    script.write_text(
        "import ocr2_loaders, sys\n"
        "from model_runtime.engines.replay import ReplayEngine\n"
        "print('once')\n"
        "pages = ocr2_loaders.load(sys.argv[1], engine=ReplayEngine.from_texts(['a', 'b', 'c']))\n"
        "print([page.text for page in pages])\n"
    )
    run = subprocess.run(
        [sys.executable, script, paper], capture_output=True, text=True, check=True, timeout=patient(60)
    )
    assert run.stdout.splitlines() == ["once", "['a', 'b', 'c']"]


def test_pictures_of_what_came_as_bytes_can_be_had_while_a_result_is_at_hand(paper: Path) -> None:
    engine = ReplayEngine.from_texts([span(word) for word in "abcdef"])
    pages = list(ocr2_loaders.load([paper.read_bytes(), paper.read_bytes()], engine=engine))
    assert all(picture_of(page).size for page in (pages[0], pages[-1]))
    copies = {page.source.path for page in pages}
    del pages
    assert len(copies) == 2
    assert not any(copy.exists() for copy in copies)


def test_a_page_that_the_engine_cannot_read_comes_out_of_its_text_layer(tmp_path: Path) -> None:
    words = "Seven sleepy sailors sailed slowly southward, and nobody knew why they did it"
    paper = write_paper(tmp_path / "paper.pdf", ["one", words, "three"])
    engine = ReplayEngine.from_texts([span("eins"), "", span("drei")])
    pages = list(ocr2_loaders.load(paper, engine=engine))
    assert [page.status.value for page in pages] == ["ok", "recovered", "ok"]
    assert pages[1].text == words
    assert [attempt.way for attempt in pages[1].attempts] == [None, RecoveryWay.TEXT_LAYER]
    assert pages[1].missing_words == 0.0


def test_pages_are_read_again_from_a_new_picture(tmp_path: Path) -> None:
    """The picture is rendered anew: the first one is long gone when the transcript comes."""
    paper = write_paper(tmp_path / "paper.pdf", ["one", "two"])
    engine = ScriptedEngine(lambda request: "good" if request.tight_guard else "")
    pages = list(ocr2_loaders.load(paper.read_bytes(), engine=engine))
    assert [page.status.value for page in pages] == ["recovered", "recovered"]
    first, again, *_ = engine.requests
    assert np.array_equal(first.pixels, again.pixels)


def test_recovery_can_be_switched_off(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one"])
    off = LoadSettings(transcription=TranscriptionSettings(recovery=RecoverySettings(ways=())))
    (page,) = ocr2_loaders.load(paper, engine=ReplayEngine.from_texts([""]), settings=off)
    assert page.status is PageStatus.FAILED
