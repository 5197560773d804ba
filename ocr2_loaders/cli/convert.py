"""`ocr2 convert`: documents in, Markdown, JSON or plain text out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from model_runtime.engines.registry import AUTO, open_runtime
from ocr2_loaders.blocks import PageResult
from ocr2_loaders.cli import options
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.destination import Destination, FolderDestination, StdoutDestination
from ocr2_loaders.cli.live import LiveDestination
from ocr2_loaders.cli.outcome import UNREADABLE_INPUT, Outcome, is_unreadable
from ocr2_loaders.cli.progress import with_progress
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.export import FORMATS, Format
from ocr2_loaders.live_blocks import LiveBlocks
from ocr2_loaders.pipeline import load


def convert(
    inputs: options.Inputs,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write files there instead of stdout.")
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", "-f", metavar="LIST", help=f"One or more of {', '.join(FORMATS)}.")
    ] = "markdown",
    pages: options.Pages = None,
    engine: options.Engine = AUTO,
    model: options.Model = None,
    revision: options.Revision = None,
    endpoint: options.Endpoint = None,
    transcripts: options.Transcripts = None,
    dpi: options.Dpi = 144,
    password: options.Password = None,
    max_pages: options.MaxPages = None,
    allow_private_addresses: options.AllowPrivateAddresses = False,
    stream: Annotated[
        bool, typer.Option("--stream", help="Print each block as soon as the engine has written it.")
    ] = False,
    cache: options.Cache = options.CACHE_FOLDER,
    no_cache: options.NoCache = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first page that fails.")] = False,
) -> None:
    """Convert documents to Markdown, JSON or plain text.

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
        allow_private_addresses=allow_private_addresses,
    )
    engine_options = options.engine_options(model=model, revision=revision, endpoint=endpoint, transcripts=transcripts)
    outcome = Outcome()
    try:
        destination = _destination(output, formats, stream=stream)
        with open_runtime(engine, engine_options) as runtime:
            if isinstance(destination, LiveDestination):
                results = load(inputs, settings=settings, engine=LiveBlocks(runtime, destination.tell))
            else:
                results = with_progress(load(inputs, settings=settings, engine=runtime))
            _convert(results, destination, outcome, strict=strict)
    except Ocr2Error as error:
        stderr.print(f"ocr2: {error}", style="red", markup=False)
        raise typer.Exit(UNREADABLE_INPUT) from error
    stderr.print(str(outcome), markup=False)
    raise typer.Exit(outcome.exit_status)


def _convert(pages: Iterable[PageResult], destination: Destination, outcome: Outcome, *, strict: bool) -> None:
    """Documents are finished only when their last page is there."""
    for page in pages:
        outcome.count(page)
        if not is_unreadable(page):
            destination.write(page)
        if strict and page.error:
            return
    destination.close()


def _formats(names: str) -> list[Format]:
    """Raises: typer.BadParameter naming what there is."""
    wanted = [name.strip() for name in names.split(",")]
    if unknown := [name for name in wanted if name not in FORMATS]:
        raise typer.BadParameter(f"there is no format {unknown[0]!r}; choose from {', '.join(FORMATS)}")
    return [FORMATS[name] for name in dict.fromkeys(wanted)]


def _destination(folder: Path | None, formats: str, *, stream: bool) -> Destination:
    wanted = _formats(formats)
    if stream:
        if folder is not None or len(wanted) > 1:
            raise typer.BadParameter("--stream writes one format to stdout, without --output")
        return LiveDestination(formats.strip())
    if folder is not None:
        return FolderDestination(folder, wanted)
    if len(wanted) > 1:
        raise typer.BadParameter("several formats need a folder to go to: give --output DIR")
    return StdoutDestination(wanted[0])
