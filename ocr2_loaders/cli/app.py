"""The `ocr2` program and its commands."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.logging import RichHandler

from ocr2_loaders.cli.cache import cache
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.convert import convert
from ocr2_loaders.cli.doctor import doctor
from ocr2_loaders.cli.extra_commands import GroupWithExtras
from ocr2_loaders.cli.view import view

app = typer.Typer(
    cls=GroupWithExtras,
    help="PDFs and images become ordered, typed blocks, with DeepSeek-OCR 2.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # which would take "[bench]" in a help text for a colour and leave it out
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(short_help="Turn documents into Markdown, HTML, Word, JSON and more.")(convert)
app.command(short_help="Show what was found where, in a report on each document.")(view)
app.command(short_help="Say what is installed and what can run here.")(doctor)
app.add_typer(cache, name="cache")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ocr2 {version('ocr2-loaders')}")
        raise typer.Exit


@app.callback()
def _common(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say on stderr what is being done.")] = False,
) -> None:
    handler = RichHandler(console=stderr, show_path=False, show_time=False)
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(message)s", handlers=[handler])
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its request lines would show whole URLs, secrets included


_LAST_STREAM = 2


def _open_closed_streams() -> None:
    """In place of those that whoever started the program closed: else its first file would take their number, and all
    that is printed would go into it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _LAST_STREAM:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open to the end
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - the same


def main() -> None:
    """The `ocr2` program; reads the command line of this process and ends it with the exit status."""
    _open_closed_streams()
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr] # stdout is a file here
    app()
