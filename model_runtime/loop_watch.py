"""Looks for a loop in a transcript while it is written."""

from __future__ import annotations

from model_runtime.repetition import BOXES, ends_in_loop

_EVERY_CHARS = 256
"""How much is written between two looks."""
_OPEN_BOXES = "<|det|>"
_LONGEST_BOXES = 220
"""What goes on for longer after that tag is no list of boxes."""


class LoopWatch:
    """Hears the pieces of one page, and says from when on they are the same again and again.

    Boxes are left out, since loops often count on in them.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._num_chars = 0
        self._seen_chars = 0
        self._compared = ""
        self._unfinished = ""

    @property
    def text(self) -> str:
        """All that was written, boxes included."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def begin_anew(self) -> None:
        """Forget what was written so far."""
        self._pieces.clear()
        self._num_chars = self._seen_chars = 0
        self._compared = self._unfinished = ""

    def add(self, piece: str) -> bool:
        """Whether the text ends in a loop now; looked at every few hundred characters."""
        self._pieces.append(piece)
        self._num_chars += len(piece)
        self._unfinished += piece
        if self._num_chars - self._seen_chars < _EVERY_CHARS:
            return False
        self._seen_chars = self._num_chars
        self._take_what_is_finished()
        return ends_in_loop(self._compared)

    def _take_what_is_finished(self) -> None:
        """All but a list of boxes that may still go on, or the beginning of its tag."""
        text = BOXES.sub("", self._unfinished)
        end = text.find(_OPEN_BOXES, max(0, len(text) - _LONGEST_BOXES))
        if end < 0:
            end = text.rfind(_OPEN_BOXES[0], max(0, len(text) - len(_OPEN_BOXES)))
        end = end if end >= 0 else len(text)
        self._compared += text[:end]
        self._unfinished = text[end:]
