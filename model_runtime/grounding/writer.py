"""Grounded markup written as the model writes it, for engines that read a page in another way."""

from __future__ import annotations

from collections.abc import Iterable

from model_runtime.box import GridBox
from model_runtime.vocabulary import DET_CLOSE, DET_OPEN, REF_CLOSE, REF_OPEN, defused


def written(label: str, boxes: Iterable[GridBox], body: str) -> str:
    """One span as the model would write it, with a blank line behind it.

    Special tokens that are spelled out in the label or the body are defused, so that a page that shows them cannot
    forge a tag; white space around both is left out, and line breaks in the label become spaces.
    """
    named = " ".join(defused(label).split())
    placed = ", ".join(str(box.as_list()) for box in boxes)
    return f"{REF_OPEN}{named}{REF_CLOSE}{DET_OPEN}[{placed}]{DET_CLOSE}\n{defused(body).strip()}\n\n"
