"""What a run came to: counts by status, one line for the user, one exit status for the shell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import typer

from ocr2_loaders.blocks import PageResult, PageStatus, reason_of
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.passed_over_count import PassedOverCount, counted
from ocr2_loaders.cli.wording import worded
from ocr2_loaders.errors import DocumentError, Ocr2Error, SelectionError, SourceError

ALL_GOOD = 0
SOME_PAGES_FAILED = 1
UNREADABLE_INPUT = 2


def is_unreadable(page: PageResult) -> bool:
    """Whether the result stands for a whole input that cannot be read, not for one of its pages."""
    return isinstance(page.error, (SourceError, DocumentError, SelectionError))


@dataclass(slots=True)
class Outcome:
    """Counts pages as they come, and tells of each that failed."""

    statuses: Counter[PageStatus] = field(default_factory=Counter)
    sources: set[str] = field(default_factory=set)
    num_unreadable: int = 0
    passed_over: PassedOverCount = field(default_factory=PassedOverCount)

    def counted(self, pages: Iterable[PageResult]) -> Iterator[PageResult]:
        """The same pages, each counted as it passes."""
        for page in pages:
            self.count(page)
            yield page

    def count(self, page: PageResult) -> None:
        self.sources.add(page.source.uri)
        if is_unreadable(page):
            self.num_unreadable += 1
            stderr.print(f"{page.source.name} cannot be read: {reason_of(page)}", style="red")
            return
        self.statuses[page.status] += 1
        if page.error:
            stderr.print(f"{page.source.name}, page {page.page_number} failed: {reason_of(page)}", style="red")

    @property
    def exit_status(self) -> int:
        if self.num_unreadable:
            return UNREADABLE_INPUT
        return SOME_PAGES_FAILED if self.statuses[PageStatus.FAILED] else ALL_GOOD

    def __str__(self) -> str:
        pages = self.statuses.total()
        counts = ", ".join(f"{number} {status}" for status, number in sorted(self.statuses.items()))
        unreadable = f"; {counted(self.num_unreadable, 'input')} unreadable" if self.num_unreadable else ""
        return f"{counted(len(self.sources), 'input')}, {counted(pages, 'page')}: {counts or 'none'}{unreadable}"


@contextmanager
def told_outcome() -> Iterator[Outcome]:
    """The outcome of what is done within; at the end it is told, and the program ends with its exit status.

    Raises: typer.Exit, always; after an error that ends everything, with the status of an unreadable input.
    """
    outcome = Outcome()
    try:
        yield outcome
    except Ocr2Error as error:
        stderr.print(f"ocr2: {worded(error)}", style="red")
        raise typer.Exit(UNREADABLE_INPUT) from error
    except KeyboardInterrupt:
        stderr.print(f"ocr2: interrupted after {outcome}")
        raise
    stderr.print(str(outcome))
    for line in outcome.passed_over.lines():
        stderr.print(line, highlight=False, soft_wrap=True)
    raise typer.Exit(outcome.exit_status)
