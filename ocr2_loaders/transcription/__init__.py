"""The one hand-over to the model runtime: a page image in, a transcribed page with a status out, a coroutine a page."""

from ocr2_loaders.transcription.ladder import RecoveryMeans
from ocr2_loaders.transcription.page import TRANSCRIPTION_VERSION, Attempt, PageStatus, TranscribedPage
from ocr2_loaders.transcription.reader import PageTurn, Reader
from ocr2_loaders.transcription.transcribing import Transcribing, failed_page

__all__ = [
    "TRANSCRIPTION_VERSION",
    "Attempt",
    "PageStatus",
    "PageTurn",
    "Reader",
    "RecoveryMeans",
    "TranscribedPage",
    "Transcribing",
    "failed_page",
]
