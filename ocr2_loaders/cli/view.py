"""`ocr2 view`: a report on each document, or each page as a picture, with the blocks drawn where they were found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import Annotated

import typer

from model_runtime.engines.registry import AUTO
from model_runtime.home_path import home_path
from ocr2_loaders.blocks import PageResult
from ocr2_loaders.cli import options
from ocr2_loaders.cli.engine import opened_engine
from ocr2_loaders.cli.file_names import FileNames
from ocr2_loaders.cli.outcome import is_unreadable, told_outcome
from ocr2_loaders.cli.output_folder import OutputFolder
from ocr2_loaders.cli.progress import with_progress
from ocr2_loaders.cli.results_folder import left_out, without_results
from ocr2_loaders.cli.wording import pages_worded
from ocr2_loaders.pipeline import Pictures, load
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.own_picture import own_png
from ocr2_loaders.structure import structured_pages
from ocr2_loaders.view import overlay


def view(
    inputs: options.Inputs,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", parser=home_path, metavar="DIR", help="Where the reports or pictures go.")
    ] = Path(),
    as_pictures: Annotated[
        bool, typer.Option("--pictures", help="Write a PNG for each page instead of a report for each document.")
    ] = False,
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
    cache: options.Cache = options.CACHE_FOLDER,
    no_cache: options.NoCache = False,
) -> None:
    """Show what was found where: boxes, reading order, text, tables, formulas, statuses.

    Each document becomes one HTML file that needs nothing else and fetches nothing: every page's picture with its
    boxes beside its blocks, the one lit up when the other is pointed at. With --pictures each page becomes a PNG with
    coloured boxes, labels and reading-order numbers. The names of the files are printed.
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
    with (
        told_outcome() as outcome,
        OutputFolder(output) as folder,
        opened_engine(engine, engine_options) as opened,
        Pictures(settings.render) as pictures,
    ):
        pages_read = load(
            without_results(inputs, output), settings=settings, engine=opened, passed_over=outcome.passed_over
        )
        results = outcome.counted(with_progress(pages_worded(pages_read)))
        for path in (_write_pictures if as_pictures else _write_reports)(results, folder, pictures):
            typer.echo(path)


def _write_reports(pages: Iterable[PageResult], folder: OutputFolder, pictures: Pictures) -> Iterator[Path]:
    """One report for each source that could be opened; the outcome has already told of the others."""
    from ocr2_loaders.view.report import report

    names = FileNames()
    for _, document in groupby(structured_pages(pages), key=lambda each: id(each.page.source)):
        first = next(document)
        if is_unreadable(first.page):
            continue
        path = folder.path / f"{names.unused_stem(first.page.source.name)}.html"
        file = folder.file(path)
        for piece in report(chain([first], document), pictures.of):
            file.write(piece.encode(errors="backslashreplace"))
        file.finish()
        yield path


def _write_pictures(pages: Iterable[PageResult], folder: OutputFolder, pictures: Pictures) -> Iterator[Path]:
    """A page without a picture has nothing to draw on; the outcome has already told of it."""
    names = FileNames()
    for _, document in groupby(pages, key=lambda page: id(page.source)):
        first = next(document)
        stem = names.unused_stem(first.source.name)
        for page in chain([first], document):
            if page.width_px:
                path = folder.path / f"{stem}-page-{page.page_number}.png"
                folder.write(path, own_png(overlay(page, pictures.of(page))))
                yield path
