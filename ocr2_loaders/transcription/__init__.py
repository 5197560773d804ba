"""The one hand-over to the model runtime: page images in, transcribed pages with a status out, in the same order."""

from ocr2_loaders.transcription.ladder import RecoveryMeans
from ocr2_loaders.transcription.page import (
    TRANSCRIPTION_VERSION,
    Attempt,
    PageStatus,
    SourcePage,
    TranscribedPage,
)
from ocr2_loaders.transcription.stream import transcribed

__all__ = [
    "TRANSCRIPTION_VERSION",
    "Attempt",
    "PageStatus",
    "RecoveryMeans",
    "SourcePage",
    "TranscribedPage",
    "transcribed",
]
