"""`ocr2 view`: each page as a picture with its blocks drawn on it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer

from model_runtime.engines.registry import AUTO, open_runtime
from ocr2_loaders.blocks import PageResult
from ocr2_loaders.cli import options
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.file_names import FileNames
from ocr2_loaders.cli.outcome import UNREADABLE_INPUT, Outcome
from ocr2_loaders.cli.progress import with_progress
from ocr2_loaders.cli.whole_file import WholeFile, make_folder
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.pictures import Pictures
from ocr2_loaders.pipeline import load
from ocr2_loaders.view import overlay


def view(
    inputs: options.Inputs,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the pictures go.")] = Path(),
    pages: options.Pages = None,
    engine: options.Engine = AUTO,
    model: options.Model = None,
    revision: options.Revision = None,
    endpoint: options.Endpoint = None,
    transcripts: options.Transcripts = None,
    dpi: options.Dpi = 144,
    password: options.Password = None,
    max_pages: options.MaxPages = None,
    cache: options.Cache = options.CACHE_FOLDER,
    no_cache: options.NoCache = False,
) -> None:
    """Write one picture a page: coloured boxes, labels and reading-order numbers."""
    settings = options.load_settings(
        pages=pages, dpi=dpi, password=password, max_pages=max_pages, cache=None if no_cache else cache
    )
    engine_options = options.engine_options(model=model, revision=revision, endpoint=endpoint, transcripts=transcripts)
    outcome = Outcome()
    try:
        with open_runtime(engine, engine_options) as runtime, Pictures(settings.render) as pictures:
            overlays = _Overlays(output, pictures)
            for page in with_progress(load(inputs, settings=settings, engine=runtime)):
                outcome.count(page)
                overlays.write(page)
    except Ocr2Error as error:
        stderr.print(f"ocr2: {error}", style="red", markup=False)
        raise typer.Exit(UNREADABLE_INPUT) from error
    stderr.print(str(outcome), markup=False)
    raise typer.Exit(outcome.exit_status)


class _Overlays:
    """Writes the pictures of each source under a stem of its own and names them on stdout."""

    def __init__(self, folder: Path, pictures: Pictures) -> None:
        make_folder(folder)
        self._folder = folder
        self._pictures = pictures
        self._names = FileNames()
        self._source: object = None
        self._stem = ""

    def write(self, page: PageResult) -> None:
        """A page without a picture has nothing to draw on; the outcome has already told of it."""
        if page.source is not self._source:
            self._source = page.source
            self._stem = self._names.unused_stem(page.source.name)
        if not page.width_px:
            return
        path = self._folder / f"{self._stem}-page-{page.page_number}.png"
        picture = overlay(page, self._pictures.of(page))
        png = BytesIO()
        picture.save(png, "PNG")
        file = WholeFile(path)
        file.write(png.getvalue())
        file.finish()
        typer.echo(path)
