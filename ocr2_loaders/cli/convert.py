"""`ocr2 convert`: documents in, documents of another format out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from model_runtime.engines.registry import AUTO
from model_runtime.home_path import home_path
from ocr2_loaders.blocks import Block, PageResult
from ocr2_loaders.cli import options
from ocr2_loaders.cli.destination import Destination, FolderDestination, StdoutDestination
from ocr2_loaders.cli.engine import opened_engine
from ocr2_loaders.cli.live import LiveDestination, as_written
from ocr2_loaders.cli.outcome import Outcome, is_unreadable, told_outcome
from ocr2_loaders.cli.output_folder import OutputFolder
from ocr2_loaders.cli.progress import with_progress
from ocr2_loaders.cli.results_folder import left_out, without_results
from ocr2_loaders.cli.wording import pages_worded
from ocr2_loaders.export import FORMATS, MARKDOWN, MARKDOWN_WITH_PAGE_MARKS, Format
from ocr2_loaders.pipeline import Pictures, load, load_live
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources import SourceInputs
from ocr2_loaders.structure import StructuredPage, structured_pages

_Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", parser=home_path, metavar="DIR", help="Write files there instead of stdout."),
]
_Formats = Annotated[str, typer.Option("--format", "-f", metavar="LIST", help=f"One or more of {', '.join(FORMATS)}.")]
_Figures = Annotated[
    bool, typer.Option("--figures", help="Save figures as pictures beside the documents, and link them there.")
]
_PageMarks = Annotated[
    bool, typer.Option("--page-marks", help="In Markdown, begin every page with a comment that has its number.")
]
_Stream = Annotated[bool, typer.Option("--stream", help="Print each block as soon as the engine has written it.")]
_Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first page that fails.")]


def convert(
    inputs: options.Inputs,
    *,
    output: _Output = None,
    formats: _Formats = "markdown",
    figures: _Figures = False,
    page_marks: _PageMarks = False,
    pages: options.Pages = None,
    filters: options.Filters = None,
    engine: options.Engine = AUTO,
    model: options.Model = None,
    revision: options.Revision = None,
    endpoint: options.Endpoint = None,
    transcripts: options.Transcripts = None,
    recovery: options.Recovery = None,
    max_tokens: options.MaxTokens = None,
    dpi: options.Dpi = 144,
    password: options.Password = None,
    max_pages: options.MaxPages = None,
    allow_private_addresses: options.AllowPrivateAddresses = False,
    stream: _Stream = False,
    cache: options.Cache = options.CACHE_FOLDER,
    no_cache: options.NoCache = False,
    strict: _Strict = False,
) -> None:
    """Convert documents to Markdown, HTML, plain text, JSON, Word, Unstructured elements or a DoclingDocument.

    Every page ends in the output, failed ones with the reason. Exit status: 0 all pages are good, 1 some pages failed,
    2 wrong usage or an input that cannot be read; the other inputs are converted all the same.

    Pages are kept on this machine, readable by their owner only: a run that was broken off goes on where it ended when
    the command is given again. Nothing is kept of documents with a password, and nothing with --no-cache.
    """
    settings = options.load_settings(
        pages=pages,
        dpi=dpi,
        password=password,
        max_pages=max_pages,
        cache=None if no_cache else cache,
        filters=filters,
        recovery=recovery,
        source=SourceSettings(allow_private_addresses=allow_private_addresses, left_out=left_out(inputs, output)),
    )
    engine_options = options.engine_options(
        model=model, revision=revision, endpoint=endpoint, transcripts=transcripts, max_tokens=max_tokens
    )
    with told_outcome() as outcome, ExitStack() as stack:
        pictures = stack.enter_context(Pictures(settings.render)) if figures else None
        wanted = _formats(formats, page_marks=page_marks)
        if stream:
            destination: Destination = _live(wanted, output, pictures)
        else:
            destination = _destination(stack, wanted, output, pictures)
        opened = stack.enter_context(opened_engine(engine, engine_options))
        wish = {"settings": settings, "engine": opened, "passed_over": outcome.passed_over}
        results = _results(without_results(inputs, output), wish, destination)
        _write(_counted(results, outcome, strict=strict), destination)
        if not (strict and outcome.exit_status):
            destination.close()


def _destination(stack: ExitStack, wanted: list[Format], output: Path | None, pictures: Pictures | None) -> Destination:
    """Raises: OutputError; typer.BadParameter for options that do not go together."""
    if output is None:
        return StdoutDestination(_format_for_stdout(wanted, pictures))
    return FolderDestination(stack.enter_context(OutputFolder(output)), wanted, pictures)


def _write(pages: Iterable[PageResult], destination: Destination) -> None:
    for page in _structured(pages, destination):
        destination.write(page)


def _results(inputs: SourceInputs, wish: dict[str, Any], destination: Destination) -> Iterator[PageResult]:
    if isinstance(destination, LiveDestination):
        return pages_worded(_live_pages(load_live(inputs, **wish), destination))
    return with_progress(pages_worded(load(inputs, **wish)))


def _live_pages(items: Iterable[Block | PageResult], destination: LiveDestination) -> Iterator[PageResult]:
    for item in items:
        if isinstance(item, PageResult):
            yield item
        else:
            destination.tell(item)


def _structured(pages: Iterable[PageResult], destination: Destination) -> Iterator[StructuredPage]:
    """What is printed while it is read knows nothing of the pages to come."""
    return map(as_written, pages) if isinstance(destination, LiveDestination) else structured_pages(pages)


def _counted(pages: Iterable[PageResult], outcome: Outcome, *, strict: bool) -> Iterator[PageResult]:
    """The pages that go into a document; with `strict` up to the first that failed."""
    for page in pages:
        outcome.count(page)
        if not is_unreadable(page):
            yield page
        if strict and page.error:
            return


def _formats(names: str, *, page_marks: bool) -> list[Format]:
    """Raises: typer.BadParameter naming what there is."""
    wanted = dict.fromkeys(options.chosen(names, FORMATS, option="--format", noun="format"))
    formats = [FORMATS[name] for name in wanted]
    return [MARKDOWN_WITH_PAGE_MARKS if page_marks and each is MARKDOWN else each for each in formats]


def _live(wanted: list[Format], output: Path | None, pictures: Pictures | None) -> LiveDestination:
    """Raises: typer.BadParameter for options that do not go together."""
    if output is not None or len(wanted) > 1 or MARKDOWN_WITH_PAGE_MARKS in wanted or pictures:
        raise typer.BadParameter("--stream writes one format to stdout, without --output, --figures and --page-marks")
    (name,) = (name for name, each in FORMATS.items() if each is wanted[0])
    return LiveDestination(name)


def _format_for_stdout(wanted: list[Format], pictures: Pictures | None) -> Format:
    if len(wanted) > 1:
        raise typer.BadParameter("several formats need a folder to go to: give --output DIR")
    if not wanted[0].is_text:
        raise typer.BadParameter(f"{wanted[0].suffix} is not text and needs a folder to go to: give --output DIR")
    if pictures:
        raise typer.BadParameter("--figures need a folder to go to: give --output DIR")
    return wanted[0]
