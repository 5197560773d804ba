"""Fault tests F7 and F8 where they meet a page: what is done about one that was not read well."""

from __future__ import annotations

import codecs
from dataclasses import replace

import numpy as np
import pytest

from model_runtime.contract import FinishReason, PageRequest
from model_runtime.errors import EmptyTranscript, EngineTimeout, PageRejected, UngroundedTranscript
from model_runtime.grounding import parse
from model_runtime.text_layer import TextLayer
from model_runtime.vocabulary import Prompt
from ocr2_loaders.errors import SourceNotFound
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.settings import RecoverySettings, RecoveryWay, TranscriptionSettings
from ocr2_loaders.transcription import PageStatus, TranscribedPage
from tests.support.requests import page_image
from tests.support.scripted import Answer, ScriptedEngine
from tests.support.text_layers import text_layer
from tests.support.transcribing import means_of, transcribed

TAG = "<|ref|>text<|/ref|><|det|>[[100, 500, 900, 600]]<|/det|>\n"
LOOP = TAG + "It began well.\n\n" + "and so on " * 100
CUT = (TAG + "half a page", FinishReason.LENGTH)
WORDS = [
    "Seven sleepy sailors sailed slowly southward",
    "while their captain counted countless constellations",
]


def picture(layer: TextLayer | None = None, index: int = 0) -> PageImage:
    """A page with a line of ink in its upper and one in its lower half."""
    pixels = np.full((200, 100, 3), 255, np.uint8)
    pixels[40:50, 10:90] = pixels[150:160, 10:90] = 0
    return replace(page_image(index), pixels=pixels, text_layer=layer)


def read(
    engine: ScriptedEngine,
    page: PageImage,
    *,
    fallback: ScriptedEngine | None = None,
    free_ocr: bool = False,
    **recovery: object,
) -> TranscribedPage:
    settings = TranscriptionSettings(free_ocr=free_ocr, recovery=RecoverySettings(**recovery))
    (result,) = transcribed([page], engine, settings, means_of(lambda _: page, fallback))
    return result


def ways(page: TranscribedPage) -> list[RecoveryWay | None]:
    return [attempt.way for attempt in page.attempts]


def good_only_with(accepted: str) -> ScriptedEngine:
    """Runs out of tokens unless it is asked in one way."""

    def answer(request: PageRequest) -> Answer:
        asked = {
            "tight guard": request.tight_guard,
            "other prompt": request.prompt is Prompt.FREE_OCR,
            "fewer crops": request.max_crops is not None,
            "halves": request.pixels.shape[0] < 200,
        }
        return TAG + "the page" if asked[accepted] else CUT

    return ScriptedEngine(answer)


def test_a_good_page_is_read_once_and_has_no_attempts() -> None:
    engine = ScriptedEngine(lambda _: TAG + "the page")
    page = read(engine, picture())
    assert (page.status, page.attempts, page.raw_transcript) == (PageStatus.OK, (), None)
    assert len(engine.requests) == 1


@pytest.mark.parametrize("way", ["tight guard", "other prompt", "fewer crops", "halves"])
def test_the_first_way_that_works_is_taken(way: str) -> None:
    page = read(good_only_with(way), picture())
    assert page.status is PageStatus.RECOVERED
    assert ways(page)[-1] == RecoveryWay(way)
    assert [attempt.problem is None for attempt in page.attempts] == [*[False] * (len(page.attempts) - 1), True]
    assert page.finish_reason is FinishReason.STOP
    assert any(way in warning and "ran out of tokens" in warning for warning in page.warnings)


def test_halves_are_cut_between_the_lines_and_their_boxes_come_back_to_the_page() -> None:
    engine = good_only_with("halves")
    page = read(engine, picture())
    assert len(engine.requests) == 6
    upper, lower = (request.pixels.shape[0] for request in engine.requests[-2:])
    assert 50 <= upper <= 150
    assert upper + lower == 200
    heights = [request.height_pt for request in engine.requests[-2:]]
    assert sum(heights) == pytest.approx(page.height_pt)
    assert page.transcript.count("the page") == 2
    assert [box.as_list() for span in parse(page.transcript) for box in span.boxes] == [
        [100, round(500 * upper / 200), 900, round(600 * upper / 200)],
        [100, round(999 * upper / 200 + 500 * lower / 200), 900, round(999 * upper / 200 + 600 * lower / 200)],
    ]


def test_a_half_without_ink_is_not_read() -> None:
    page = picture()
    page.pixels[100:] = 255
    engine = good_only_with("halves")
    result = read(engine, page, ways=(RecoveryWay.HALVES,))
    assert result.status is PageStatus.RECOVERED
    assert len(engine.requests) == 2


def test_a_cut_page_that_nothing_mends_keeps_what_was_written() -> None:
    """F7: never dropped, and flagged."""
    page = read(ScriptedEngine(lambda _: CUT), picture())
    assert (page.status, page.transcript, page.finish_reason) == (PageStatus.TRUNCATED, CUT[0], FinishReason.LENGTH)
    by_engine = [RecoveryWay.TIGHT_GUARD, RecoveryWay.OTHER_PROMPT, RecoveryWay.FEWER_CROPS, RecoveryWay.HALVES]
    assert ways(page) == [None, *by_engine]


def test_a_cut_page_moves_no_other_page() -> None:
    """F7: the official script renumbers everything behind it."""
    engine = ScriptedEngine(lambda request: CUT if request.page_index in {1, 3} else f"page {request.page_index}")
    pages = [picture(index=index) for index in range(5)]
    results = transcribed(pages, engine, means=means_of(lambda index: picture(index=index)))
    assert [page.page_index for page in results] == list(range(5))
    assert [page.status.value for page in results] == ["ok", "truncated", "ok", "truncated", "ok"]
    assert [page.transcript for page in results] == ["page 0", CUT[0], "page 2", CUT[0], "page 4"]


def test_a_loop_under_a_good_end_is_found_trimmed_and_kept_raw() -> None:
    """F8, where the engine says that all is well."""
    page = read(ScriptedEngine(lambda _: LOOP), picture())
    assert page.status is PageStatus.LOOPED
    assert page.raw_transcript == LOOP
    assert page.transcript.startswith(TAG + "It began well.\n\nand so on")
    assert page.transcript.count("and so on") == 1


def test_a_loop_is_mended_by_the_guard() -> None:
    page = read(ScriptedEngine(lambda request: "all of it" if request.tight_guard else LOOP), picture())
    assert (page.status, page.transcript, page.raw_transcript) == (PageStatus.RECOVERED, "all of it", None)


@pytest.mark.parametrize("nothing", ["", "  \n", "<｜end▁of▁sentence｜>", TAG, TAG + "\n" + TAG])
def test_nothing_is_never_ok(nothing: str) -> None:
    page = read(ScriptedEngine(lambda _: nothing), picture())
    assert page.status is PageStatus.FAILED
    assert isinstance(page.error, EmptyTranscript)


def test_a_picture_alone_is_something() -> None:
    figure = "<|ref|>image<|/ref|><|det|>[[100, 500, 900, 600]]<|/det|>\n"
    assert read(ScriptedEngine(lambda _: figure), picture()).status is PageStatus.OK


def test_the_text_layer_stands_in_when_the_engine_has_nothing() -> None:
    page = read(ScriptedEngine(lambda _: ""), picture(text_layer(WORDS)))
    assert page.status is PageStatus.RECOVERED
    assert page.transcript.endswith(f"{' '.join(WORDS)}\n\n")
    assert ways(page)[-1] is RecoveryWay.TEXT_LAYER
    assert page.engine is not None
    assert page.engine.engine == "text layer"


def test_a_text_layer_that_cannot_be_trusted_stands_in_for_nothing() -> None:
    page = read(ScriptedEngine(lambda _: ""), picture(text_layer(WORDS, distrust="invisible text only")))
    assert page.status is PageStatus.FAILED


def test_a_page_number_does_not_stand_in_for_half_a_page() -> None:
    page = read(ScriptedEngine(lambda _: (" ".join(WORDS), FinishReason.LENGTH)), picture(text_layer(["page 3"])))
    assert (page.status, page.transcript) == (PageStatus.TRUNCATED, " ".join(WORDS))


def test_the_fallback_engine_comes_last() -> None:
    fallback = ScriptedEngine(lambda _: "read by another", name="embedded")
    page = read(ScriptedEngine(lambda _: ""), picture(), fallback=fallback)
    assert (page.status, page.transcript) == (PageStatus.RECOVERED, "read by another")
    assert page.engine == fallback.identity
    assert len(fallback.requests) == 1


@pytest.mark.parametrize("error", [EngineTimeout("too slow"), PageRejected("no such page")])
def test_an_engine_that_gave_up_is_not_asked_again(error: EngineTimeout) -> None:
    engine = ScriptedEngine(lambda _: error)
    page = read(engine, picture(text_layer(WORDS)))
    assert len(engine.requests) == 1
    assert (page.status, ways(page)) == (PageStatus.RECOVERED, [None, RecoveryWay.TEXT_LAYER])


def test_a_page_that_nothing_mends_fails_with_its_first_error() -> None:
    errors = iter([EmptyTranscript("nothing"), EngineTimeout("too slow")])
    page = read(ScriptedEngine(lambda _: next(errors)), picture())
    assert page.status is PageStatus.FAILED
    assert isinstance(page.error, EmptyTranscript)
    assert page.error.page_number == 1
    assert [attempt.problem for attempt in page.attempts] == ["nothing", "too slow"]


def test_text_without_tags_is_asked_for_as_such() -> None:
    def answer(request: PageRequest) -> Answer:
        return "plain words" if request.prompt is Prompt.FREE_OCR else UngroundedTranscript("no tags")

    page = read(ScriptedEngine(answer), picture())
    assert (page.status, page.transcript) == (PageStatus.RECOVERED, "plain words")


def test_plain_text_is_followed_by_the_grounded_prompt() -> None:
    engine = ScriptedEngine(lambda request: "grounded" if request.prompt is Prompt.GROUNDED else CUT)
    assert read(engine, picture(), free_ocr=True).transcript == "grounded"


def test_a_page_that_lacks_most_of_its_words_is_read_again() -> None:
    engine = ScriptedEngine(lambda request: " ".join(WORDS) if request.tight_guard else "Seven sleepy")
    page = read(engine, picture(text_layer(WORDS)))
    assert (page.status, page.missing_words) == (PageStatus.RECOVERED, 0.0)
    assert "% of the words" in (page.attempts[0].problem or "")


def test_a_text_layer_of_wrong_characters_replaces_nothing() -> None:
    """A font may map its letters to others; the transcript then lacks every word and is right."""
    layer = text_layer([codecs.encode(line, "rot13") for line in WORDS])
    engine = ScriptedEngine(lambda _: " ".join(WORDS))
    page = read(engine, picture(layer))
    assert (page.status, page.missing_words, len(engine.requests)) == (PageStatus.OK, 1.0, 1)


def test_missing_words_are_told_where_nothing_is_to_be_done() -> None:
    page = read(ScriptedEngine(lambda _: "Seven sleepy"), picture(text_layer(WORDS)), ways=())
    assert page.status is PageStatus.OK
    assert page.missing_words == pytest.approx(10 / 12)
    assert page.warnings[-1] == "83% of the words in the page's text layer are missing"


def test_the_text_layer_is_left_alone_when_asked() -> None:
    page = read(ScriptedEngine(lambda _: "Seven"), picture(text_layer(WORDS)), max_missing_words=None)
    assert (page.status, page.missing_words) == (PageStatus.OK, None)


def test_an_engine_that_would_write_the_same_is_not_asked_again() -> None:
    engine = ScriptedEngine(lambda _: CUT)
    engine.reads_again = False
    page = read(engine, picture())
    assert (page.status, len(engine.requests)) == (PageStatus.TRUNCATED, 1)


def test_a_page_that_cannot_be_rendered_again_keeps_what_it_has() -> None:
    gone = FailedPage(0, 1, SourceNotFound("the file is gone"))
    means = means_of(lambda _: gone, ScriptedEngine(lambda _: "never asked"))
    (page,) = transcribed([picture()], ScriptedEngine(lambda _: CUT), means=means)
    assert (page.status, page.transcript) == (PageStatus.TRUNCATED, CUT[0])
