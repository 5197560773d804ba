"""The loop of a render process: one request, one answer, one open document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ocr2_loaders.pages.messages import Channel, Message
from ocr2_loaders.pages.worker.canvas import Canvas, Canvases
from ocr2_loaders.pages.worker.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable


class Document(Protocol):
    """A PDF or an image file, open."""

    num_pages: int
    warnings: list[str]

    def render(self, request: Message, canvas: Canvas) -> Message: ...

    def close(self) -> None: ...


def serve(channel: Channel) -> None:
    """Answer requests until the parent is gone. Raises: Disconnected."""
    service = _Service(channel)
    while True:
        request, descriptor = channel.receive()
        channel.send(service.answer(request, descriptor))


class _Service:
    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._canvases = Canvases()
        self._document: Document | None = None

    def answer(self, request: Message, descriptor: int | None) -> Message:
        if descriptor is not None:
            self._canvases.add(request["slot"], descriptor)
        try:
            return self._done(request)
        except Refusal as refusal:
            return {"refused": refusal.error, "what": refusal.what}
        except MemoryError:
            return {"refused": "PageTooLarge", "what": "needs more memory than a render process may use"}

    def _done(self, request: Message) -> Message:
        if request["do"] == "open":
            return self._open(request)
        if request["do"] == "repair":
            from ocr2_loaders.pages.worker.repair import written_anew

            return written_anew(request)
        return self._render(request)

    def _open(self, request: Message) -> Message:
        if self._document:
            self._document.close()
            self._document = None
        self._document = _opened(request, self._enter_stage)
        return {"num_pages": self._document.num_pages, "warnings": self._document.warnings}

    def _render(self, request: Message) -> Message:
        if self._document is None:
            raise Refusal("PageUnreadable", "cannot be rendered: its document is not open")
        return self._document.render(request, self._canvases.canvas(request["slot"]))

    def _enter_stage(self, stage: str) -> None:
        self._channel.send({"stage": stage})


def _opened(request: Message, enter_stage: Callable[[str], None]) -> Document:
    if request["format"] == "PDF":
        from ocr2_loaders.pages.worker.pdf import PdfFile

        enter_stage("open")  # what follows is the document's own time
        return PdfFile(request, enter_stage)
    from ocr2_loaders.pages.worker.image import ImageFile

    enter_stage("open")
    return ImageFile(request)
