"""What a render process answers, as values and errors for the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model_runtime.box import BoundingBox
from model_runtime.text_layer import Ruling, TextLayer, TextRun
from ocr2_loaders import errors
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.pages.outline import OutlineEntry
from ocr2_loaders.printable import one_line

if TYPE_CHECKING:
    from ocr2_loaders.pages.messages import Message
    from ocr2_loaders.sources.source import Source

_MAX_NAME_CHARS = 80
_MAX_WHAT_CHARS = 150

_REFUSALS: dict[str, type[Ocr2Error]] = {
    kind.__name__: kind
    for kind in (
        errors.DamagedDocument,
        errors.EmptyDocument,
        errors.PageTooLarge,
        errors.PageUnreadable,
        errors.PasswordNeeded,
        errors.PasswordRejected,
        errors.SourceNotFound,
        errors.UnsupportedEncryption,
    )
}

_HINTS: dict[type[Ocr2Error], str] = {
    errors.PasswordNeeded: "give its password",
    errors.PasswordRejected: "check the password; some encryptions are refused whatever it is",
    errors.PageTooLarge: "raise max_pixels or max_side_px if it is to be read",
    errors.PageTimeout: "raise page_timeout_s if it is to be read",
    errors.WorkerCrash: "most often for lack of memory",
}


def refusal(answer: Message, source: Source, page_number: int | None = None) -> Ocr2Error:
    """The typed error for an answer that says "refused"."""
    kind = _REFUSALS.get(str(answer.get("refused")), errors.PageUnreadable)
    return error(kind, str(answer.get("what")), source, page_number)


def error(kind: type[Ocr2Error], what: str, source: Source, page_number: int | None = None) -> Ocr2Error:
    """An error whose message names the file and the page and stays below 300 characters. `what` is a verb phrase."""
    name = one_line(source.name, _MAX_NAME_CHARS)
    page = f": page {page_number}" if page_number is not None else ""
    message = f"{name}{page} {one_line(what, _MAX_WHAT_CHARS)}"
    return kind(message, source=source.uri, page_number=page_number, hint=_HINTS.get(kind))


def text_layer(answer: Message) -> TextLayer:
    """The text layer from the rows that `worker.text_layer` wrote."""
    return TextLayer(
        runs=tuple(_run(row) for row in answer["runs"]),
        rulings=tuple(Ruling(BoundingBox(*box)) for box in answer["rulings"]),
        pictures=tuple(BoundingBox(*box) for box in answer["pictures"]),
        distrust=answer["distrust"],
    )


def outline(rows: list[list[Any]]) -> tuple[OutlineEntry, ...]:
    """The outline's entries from the rows that `worker.outline` wrote."""
    return tuple(OutlineEntry(str(title), int(depth)) for title, depth in rows)


def _run(row: list[Any]) -> TextRun:
    text, x0, y0, x1, y1, size_pt, bold, italic, monospaced, rotated = row
    return TextRun(text, BoundingBox(x0, y0, x1, y1), size_pt, bold, italic, monospaced, rotated)
