"""A progress bar over pages, on stderr, where stderr is a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.cli.console import stderr


def with_progress(pages: Iterable[PageResult]) -> Iterator[PageResult]:
    """The same pages, counted on the bar of their source as they pass; without a bar where nobody would see it."""
    if not stderr.is_terminal:
        yield from pages
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True) as progress:
        task = progress.add_task("starting", total=None)
        current = None
        for page in pages:
            if page.source is not current:
                current = page.source
                progress.reset(task, total=page.num_pages, description=_short(page.source.name))
            progress.advance(task)
            yield page


def _short(name: str, longest: int = 40) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"
