"""`ocr2 cache`: what is kept of pages that were read, and how to be rid of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from ocr2_loaders.cache import PageStore
from ocr2_loaders.cli import options
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.outcome import UNREADABLE_INPUT
from ocr2_loaders.settings import CacheSettings

cache = typer.Typer(help="What is kept of pages that were read.", no_args_is_help=True, rich_markup_mode=None)

_MIB = 1 << 20


@cache.command()
def info(folder: options.Cache = options.CACHE_FOLDER) -> None:
    """Say where the cache is, what is in it, and how large it may get."""
    with _store(folder) as store:
        facts = store.facts()
    limit = CacheSettings().max_bytes // _MIB
    typer.echo(f"{facts.path}")
    typer.echo(f"{facts.num_pages} pages of {facts.num_documents} documents")
    typer.echo(f"{facts.num_bytes / _MIB:.1f} of {limit} MiB")


@cache.command()
def clear(folder: options.Cache = options.CACHE_FOLDER) -> None:
    """Forget all pages."""
    with _store(folder) as store:
        num_pages = store.facts().num_pages
        store.clear()
    typer.echo(f"forgot {num_pages} pages")


@contextmanager
def _store(folder: Path) -> Iterator[PageStore]:
    settings = CacheSettings(folder=folder)
    try:
        with PageStore(settings) as store:
            yield store
    except (sqlite3.Error, OSError) as error:
        stderr.print(f"ocr2: the cache in {settings.folder} cannot be used: {error}", style="red")
        raise typer.Exit(UNREADABLE_INPUT) from error
