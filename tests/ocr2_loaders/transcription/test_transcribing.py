"""What becomes of one page at an engine, whatever the engine says."""

from __future__ import annotations

import pytest

from model_runtime.contract import FinishReason, PageRequest, Tell, Transcript
from model_runtime.engines.replay import Recording, ReplayEngine
from model_runtime.errors import EmptyTranscript, EngineTimeout, EngineUnavailable, MissingTranscript
from model_runtime.vocabulary import Prompt
from ocr2_loaders.errors import PageTimeout
from ocr2_loaders.pages.page_image import FailedPage
from ocr2_loaders.settings import TranscriptionSettings
from ocr2_loaders.transcription import PageStatus, failed_page
from tests.support.requests import page_image, source
from tests.support.scripted import ScriptedEngine
from tests.support.transcribing import transcribed


def test_a_page_keeps_its_facts_and_loses_its_pixels() -> None:
    (page,) = transcribed([page_image(3)], ReplayEngine.from_texts(["text"]))
    assert (page.page_index, page.width_px, page.height_px, page.effective_dpi) == (3, 30, 40, 72.0)
    assert page.transcript == "text"
    assert page.warnings == ("creased",)
    assert page.engine is not None
    assert page.engine.engine == "replay"
    values = [getattr(each, name) for each in (page, page.facts) for name in each.__slots__]
    assert not any(hasattr(value, "shape") for value in values)


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
    (page,) = transcribed([page_image()], ReplayEngine([Recording("half a page", finish_reason)]))
    assert page.status is status
    assert (page.error is not None) == (status is PageStatus.FAILED)
    assert page.transcript == "half a page", "what was written is kept, whatever became of the page"


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_an_engine_that_writes_nothing_on_ink_has_failed(text: str) -> None:
    (page,) = transcribed([page_image(4)], ReplayEngine.from_texts([text]))
    assert page.status is PageStatus.FAILED
    assert isinstance(page.error, EmptyTranscript)
    assert (page.error.source, page.error.page_number) == ("report.pdf", 5)


def test_a_page_without_ink_never_reaches_the_engine() -> None:
    pages = [page_image(0), page_image(1, has_ink=False, has_objects=False), page_image(2)]
    results = transcribed(pages, ReplayEngine.from_texts(["first", "third"]))
    assert [page.page_index for page in results] == [0, 1, 2]
    assert [page.status.value for page in results] == ["ok", "blank", "ok"]
    assert [page.transcript for page in results] == ["first", "", "third"]


def test_a_page_that_could_not_be_rendered_keeps_its_place_and_its_error() -> None:
    timeout = PageTimeout("too slow")
    page = failed_page(source(), FailedPage(5, 6, timeout, "vi", ("creased",)))
    assert (page.page_index, page.num_pages, page.page_label, page.status) == (5, 6, "vi", PageStatus.FAILED)
    assert (page.error, page.warnings) == (timeout, ("creased",))


def test_a_page_with_objects_and_no_ink_says_that_something_is_lost() -> None:
    (page,) = transcribed([page_image(has_ink=False, has_objects=True)], ReplayEngine.from_texts([]))
    assert page.status is PageStatus.BLANK
    assert any("cannot be decoded" in warning for warning in page.warnings)


def test_one_failing_page_leaves_the_others_alone() -> None:
    results = transcribed([page_image(0), page_image(1), page_image(2)], ReplayEngine([Recording("a"), Recording("b")]))
    assert [page.status for page in results] == [PageStatus.OK, PageStatus.OK, PageStatus.FAILED]
    assert isinstance(results[2].error, MissingTranscript)


class _Prompted(ScriptedEngine):
    """Answers with the prompt it was given, or runs into its deadline."""

    def __init__(self) -> None:
        super().__init__(lambda _: "")

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        if request.prompt is Prompt.GROUNDED:
            return Transcript.failed(request.page_index, EngineTimeout("page took longer than 1 s"), text="so far")
        return Transcript(request.page_index, request.prompt, notes=("asked for plain text",))


def test_settings_choose_the_prompt_and_notes_become_warnings() -> None:
    (page,) = transcribed([page_image()], _Prompted(), TranscriptionSettings(free_ocr=True))
    assert page.transcript == Prompt.FREE_OCR
    assert page.warnings == ("creased", "asked for plain text")


def test_an_engine_error_is_kept_with_what_was_written_before_it() -> None:
    (page,) = transcribed([page_image()], _Prompted())
    assert page.status is PageStatus.FAILED
    assert page.transcript == "so far"
    assert isinstance(page.error, EngineTimeout)
    assert page.error.retryable


class _Gone(ScriptedEngine):
    """Reads two pages, and is gone then."""

    def __init__(self) -> None:
        super().__init__(lambda _: "words")

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        transcript = await super().read(request, tell)
        if len(self.requests) > 2:
            raise EngineUnavailable("the server is gone")
        return transcript


def test_an_engine_that_is_gone_is_not_asked_again_and_every_page_says_why() -> None:
    engine = _Gone()
    results = transcribed([page_image(index) for index in range(6)], engine)
    assert [page.status.value for page in results] == ["ok", "ok", *["failed"] * 4]
    assert all(isinstance(page.error, EngineUnavailable) for page in results[2:])
    assert [page.error and page.error.page_number for page in results[2:]] == [3, 4, 5, 6]
    assert len(engine.requests) == 3
