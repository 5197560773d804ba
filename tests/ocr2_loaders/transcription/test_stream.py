from collections.abc import Iterator

import pytest

from model_runtime.contract import FinishReason, PageRequest, Transcript
from model_runtime.engines.replay import Recording, ReplayEngine
from model_runtime.errors import EmptyTranscript, EngineError, EngineTimeout, MissingTranscript
from model_runtime.vocabulary import Prompt
from ocr2_loaders.errors import PageTimeout
from ocr2_loaders.pages.page_image import FailedPage
from ocr2_loaders.settings import TranscriptionSettings
from ocr2_loaders.transcription import PageStatus, SourcePage, TranscribedPage, transcribed
from tests.support.requests import page_image, source

SETTINGS = TranscriptionSettings()


def _transcribed(pages: list[SourcePage], engine: ReplayEngine) -> list[TranscribedPage]:
    return list(transcribed(pages, engine, SETTINGS))


def _page(index: int = 0, **facts: bool) -> SourcePage:
    return SourcePage(source(), page_image(index, **facts))


def test_a_page_keeps_its_facts_and_loses_its_pixels() -> None:
    (page,) = _transcribed([_page(3)], ReplayEngine.from_texts(["text"]))
    assert (page.page_index, page.width_px, page.height_px, page.effective_dpi) == (3, 30, 40, 72.0)
    assert page.transcript == "text"
    assert page.warnings == ("creased",)
    assert page.engine is not None
    assert page.engine.engine == "replay"
    assert not any(hasattr(value, "shape") for value in (getattr(page, name) for name in page.__slots__))


@pytest.mark.parametrize(
    ("finish_reason", "status"),
    [
        (FinishReason.STOP, PageStatus.OK),
        (FinishReason.LENGTH, PageStatus.TRUNCATED),
        (FinishReason.REPETITION, PageStatus.LOOPED),
        (FinishReason.ABORT, PageStatus.FAILED),
        (FinishReason.ERROR, PageStatus.FAILED),
    ],
)
def test_only_the_finish_reason_makes_a_page_good(finish_reason: FinishReason, status: PageStatus) -> None:
    (page,) = _transcribed([_page()], ReplayEngine([Recording("half a page", finish_reason)]))
    assert page.status is status
    assert (page.error is not None) == (status is PageStatus.FAILED)
    assert page.transcript == "half a page", "what was written is kept, whatever became of the page"


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_an_engine_that_writes_nothing_on_ink_has_failed(text: str) -> None:
    (page,) = _transcribed([_page(4)], ReplayEngine.from_texts([text]))
    assert page.status is PageStatus.FAILED
    assert isinstance(page.error, EmptyTranscript)
    assert (page.error.source, page.error.page_number) == ("report.pdf", 5)


def test_failed_and_blank_pages_keep_their_place_and_never_reach_the_engine() -> None:
    timeout = FailedPage(1, 6, PageTimeout("too slow"))
    pages = [
        _page(0),
        SourcePage(source(), timeout),
        _page(2, has_ink=False, has_objects=False),
        _page(3),
        _page(4, has_ink=False, has_objects=False),
        SourcePage(source(), FailedPage(5, 6, PageTimeout("too slow"))),
    ]
    results = _transcribed(pages, ReplayEngine.from_texts(["first", "fourth"]))
    assert [page.page_index for page in results] == list(range(6))
    assert [page.status.value for page in results] == ["ok", "failed", "blank", "ok", "blank", "failed"]
    assert [page.transcript for page in results] == ["first", "", "", "fourth", "", ""]
    assert results[1].error is timeout.error


def test_a_page_with_objects_and_no_ink_says_that_something_is_lost() -> None:
    (page,) = _transcribed([_page(has_ink=False, has_objects=True)], ReplayEngine.from_texts([]))
    assert page.status is PageStatus.BLANK
    assert any("cannot be decoded" in warning for warning in page.warnings)


def test_one_failing_page_leaves_the_others_alone() -> None:
    results = _transcribed([_page(0), _page(1), _page(2)], ReplayEngine([Recording("a"), Recording("b")]))
    assert [page.status for page in results] == [PageStatus.OK, PageStatus.OK, PageStatus.FAILED]
    assert isinstance(results[2].error, MissingTranscript)


def test_pages_are_drawn_no_further_ahead_than_the_engine_asks() -> None:
    drawn = []

    def pages() -> Iterator[SourcePage]:
        for index in range(5):
            drawn.append(index)
            yield _page(index)

    results = transcribed(pages(), ReplayEngine.from_texts("abcde"), SETTINGS)
    next(results)
    assert drawn == [0]
    results.close()
    assert drawn == [0]


class _Prompted(ReplayEngine):
    """Answers with the prompt it was given, or runs into its deadline."""

    def transcribe(self, requests):
        for each in requests:
            yield (
                Transcript.failed(each.page_index, EngineTimeout("page took longer than 1 s"), text="so far")
                if each.prompt is Prompt.GROUNDED
                else Transcript(each.page_index, each.prompt, notes=("asked for plain text",))
            )


def test_settings_choose_the_prompt_and_notes_become_warnings() -> None:
    (page,) = transcribed([_page()], _Prompted([]), TranscriptionSettings(free_ocr=True))
    assert page.transcript == Prompt.FREE_OCR
    assert page.warnings == ("creased", "asked for plain text")


def test_an_engine_error_is_kept_with_what_was_written_before_it() -> None:
    (page,) = transcribed([_page()], _Prompted([]), SETTINGS)
    assert page.status is PageStatus.FAILED
    assert page.transcript == "so far"
    assert isinstance(page.error, EngineTimeout)
    assert page.error.retryable


class _Unavailable(ReplayEngine):
    def transcribe(self, requests: Iterator[PageRequest]) -> Iterator[Transcript]:
        raise EngineError("the server is gone")


def test_what_ends_the_whole_run_is_raised() -> None:
    with pytest.raises(EngineError, match="the server is gone"):
        list(transcribed([_page()], _Unavailable([]), SETTINGS))
