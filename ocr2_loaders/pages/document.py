"""One document in the hands of a render pool: opened once in each process that draws a page of it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from model_runtime.install_line import install_line
from ocr2_loaders.errors import DamagedDocument, Ocr2Error, PageTimeout, WorkerCrash
from ocr2_loaders.pages import answers
from ocr2_loaders.pages.page_image import FailedPage, PageImage
from ocr2_loaders.pages.worker_process import WorkerLost

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from ocr2_loaders.pages.messages import Message
    from ocr2_loaders.pages.render_pool import RenderPool
    from ocr2_loaders.pages.worker_process import WorkerProcess
    from ocr2_loaders.settings import RenderSettings
    from ocr2_loaders.sources.source import Source
    from ocr2_loaders.sources.temporary_copy import TemporaryCopy

_REPAIRED = "the file is damaged and has been repaired: last pages may be missing or garbled"
_BEYOND_REPAIR = "cannot be opened as a PDF: its structure is damaged beyond repair"
_FORMS_LEFT_OUT = "form fields were left out: PDFium could not read them in time"


@dataclass(slots=True, eq=False)
class Document:
    """A source that is being rendered. Its methods are jobs for the threads of the pool."""

    source: Source
    settings: RenderSettings
    pool: RenderPool
    with_text_layer: bool = False
    num_pages: int = 0
    warnings: tuple[str, ...] = ()
    _draws_forms: bool = True
    _repaired: TemporaryCopy | None = None

    def open(self) -> None:
        """Find out how many pages there are. Raises: DocumentError and its like."""
        try:
            facts = self._facts()
        except WorkerLost as lost:
            if self._gives_up_forms(lost):
                self.open()
                return
            raise answers.error(DamagedDocument, f"cannot be opened: {lost.how}", self.source) from None
        self.num_pages = facts["num_pages"]
        self.warnings = (*self.warnings, *facts["warnings"])

    def render(self, page_index: int, *, may_try_again: bool = True) -> PageImage | FailedPage:
        """One page; every error of one page is a value, so that its neighbours are not lost with it.

        A process that ends is given a second chance: it may have died of the pages before, or by the system's choice.
        """
        try:
            with self.pool.worker(self._identity) as worker:
                return self._render_in(worker, page_index)
        except WorkerLost as lost:
            if self._gives_up_forms(lost) or (may_try_again and not lost.timed_out):
                return self.render(page_index, may_try_again=False)
            kind = PageTimeout if lost.timed_out else WorkerCrash
            return self._failed(page_index, answers.error(kind, lost.how, self.source, page_index + 1))
        except Ocr2Error as error:
            error.page_number = page_index + 1
            return self._failed(page_index, error)

    def _facts(self) -> Message:
        """What opening tells; a PDF that PDFium finds damaged gets one more try as a repaired copy."""
        try:
            with self.pool.worker(self._identity) as worker:
                return self._open_in(worker)
        except DamagedDocument as damage:
            if not self.source.file_type.is_pdf or self._repaired:
                raise
            self._repaired = self._repaired_copy(damage)
        self.warnings = (*self.warnings, _REPAIRED)
        with self.pool.worker(self._identity) as worker:
            return self._open_in(worker)

    def _repaired_copy(self, damage: DamagedDocument) -> TemporaryCopy:
        if find_spec("pikepdf") is None:
            damage.hint = f"such files can often be repaired after: {install_line('repair')}"
            raise damage
        try:
            return self.pool.repaired.copy_of(self.source, self._write_repaired)
        except (OSError, WorkerLost):
            raise damage from None

    def _write_repaired(self, path: Path) -> None:
        request = {"do": "repair", "path": str(self.source.path), "copy": str(path), "password": self._password}
        with self.pool.worker(None) as worker:
            answer = worker.ask(request, self.settings.open_timeout_s)
        if answer.get("refused") in {"PasswordNeeded", "PasswordRejected"}:
            raise answers.refusal(answer, self.source)
        if "refused" in answer:
            raise answers.error(DamagedDocument, _BEYOND_REPAIR, self.source)

    @property
    def _password(self) -> str | None:
        password = self.settings.password
        return password.get_secret_value() if password else None

    @property
    def _identity(self) -> tuple[object, bool]:
        return (self, self._draws_forms)

    def _open_in(self, worker: WorkerProcess) -> Message:
        worker.open_document = None
        request = {
            "do": "open",
            "path": str(self._repaired.path if self._repaired else self.source.path),
            "format": self.source.file_type.name,
            "password": self._password,
            "forms": self._draws_forms,
        }
        identity = self._identity
        answer = worker.ask(request, self.settings.open_timeout_s)
        if "refused" in answer:
            raise answers.refusal(answer, self.source)
        worker.open_document = identity
        return answer

    def _render_in(self, worker: WorkerProcess, page_index: int) -> PageImage | FailedPage:
        if worker.open_document != self._identity:
            self._open_in(worker)
        slot = worker.slots.take()
        answer = worker.ask(self._page_request(page_index), self.settings.page_timeout_s, slot)
        worker.num_pages_rendered += 1
        if "refused" in answer:
            worker.slots.give_back(slot)
            return self._failed(page_index, answers.refusal(answer, self.source, page_index + 1))
        try:
            pixels = worker.slots.lend(slot, answer["height_px"], answer["width_px"])
            return self._page_image(page_index, answer, pixels)
        except (LookupError, TypeError, ValueError) as error:
            how = "was answered with nonsense by its render process"
            raise WorkerLost(how, stage="answer", timed_out=False) from error

    def _page_request(self, page_index: int) -> Message:
        settings = self.settings
        return {
            "do": "render",
            "page_index": page_index,
            "dpi": settings.dpi,
            "max_side_px": settings.max_side_px,
            "max_pixels": settings.max_pixels,
            "with_text_layer": self.with_text_layer,
        }

    def _page_image(self, page_index: int, answer: Message, pixels: NDArray[np.uint8]) -> PageImage:
        return PageImage(
            page_index=page_index,
            num_pages=self.num_pages,
            pixels=pixels,
            width_pt=answer["width_pt"],
            height_pt=answer["height_pt"],
            effective_dpi=answer["effective_dpi"],
            page_label=answer.get("label"),
            text_layer=answers.text_layer(answer["text_layer"]) if "text_layer" in answer else None,
            warnings=(*self.warnings, *answer["warnings"]),
            has_ink=answer["has_ink"],
            has_objects=answer["has_objects"],
            outline=answers.outline(answer.get("outline", [])),
        )

    def _failed(self, page_index: int, error: Ocr2Error) -> FailedPage:
        return FailedPage(page_index, self.num_pages, error, warnings=self.warnings)

    def _gives_up_forms(self, lost: WorkerLost) -> bool:
        """Whether it is worth trying again without form fields; from then on all pages are drawn without."""
        if lost.stage != "forms":
            return False
        if self._draws_forms:
            self._draws_forms = False
            self.warnings = (*self.warnings, _FORMS_LEFT_OUT)
        return True
