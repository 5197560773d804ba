"""A page that failed, with an error that keeps its traceback and none of the page."""

from __future__ import annotations

from traceback import clear_frames

from model_runtime.contract import Transcript
from model_runtime.errors import EngineError


def failed_page(page_index: int, error: EngineError, text: str = "") -> Transcript:
    """The transcript of a page that failed. What the frames held from which the error came is let go of: pixels, say.

    The frame that calls this is still running, and has to let go by itself.
    """
    error.page_number = page_index + 1
    for each in (error, error.__cause__, error.__context__):
        if each is not None:
            clear_frames(each.__traceback__)
    return Transcript.failed(page_index, error, text)
