"""A grounded span: one tag of the model's and the text behind it."""

from __future__ import annotations

from dataclasses import dataclass

from model_runtime.box import GridBox


@dataclass(frozen=True, slots=True)
class GroundedSpan:
    """One tag and the text up to the next one. `tag + body` is, character for character, what the model wrote.

    `label` is the text between the ref tokens, stripped; None for text that stands before the first tag, and where a
    tag has no label that can be read. `boxes` holds only boxes that could be placed on the grid; `notes` says of each
    oddity, in one plain sentence, what was found and what was done with it. `start` is the span's offset in the
    transcript, in characters.
    """

    label: str | None
    boxes: tuple[GridBox, ...]
    tag: str
    body: str
    start: int
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """The offset in the transcript, in characters, behind the span's last one."""
        return self.start + len(self.tag) + len(self.body)

    @property
    def text(self) -> str:
        """The body without the white space around it."""
        return self.body.strip()
