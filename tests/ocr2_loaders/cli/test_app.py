"""Help and messages show every word as it was written."""

from __future__ import annotations

import io
import re
import sys

import click
import pytest
from rich.console import Console
from typer.main import get_command

from ocr2_loaders.cli.app import app
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.progress import with_progress
from tests.support.cli import ocr2


@pytest.mark.parametrize("command", ["convert", "view", "doctor"])
def test_the_help_has_every_word_of_every_option(command: str) -> None:
    found = get_command(app).commands[command]  # type: ignore[attr-defined]
    printed = _squeezed(ocr2(command, "--help").stdout)
    for parameter in found.params:
        text = getattr(parameter, "help", None)
        assert _squeezed(text or "") in printed, parameter.name


def test_no_command_takes_markup_in_its_texts() -> None:
    pytest.importorskip("apted")
    context = click.Context(click.Command("ocr2"))
    group = get_command(app)
    for name in group.list_commands(context):  # type: ignore[attr-defined]
        assert group.get_command(context, name).rich_markup_mode is None, name  # type: ignore[attr-defined]


def test_messages_and_progress_bars_show_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(stderr, "file", shown)
    stderr.print("scan [bench].pdf")
    assert shown.getvalue() == "scan [bench].pdf\n"
    terminal = Console(file=io.StringIO(), force_terminal=True)
    monkeypatch.setattr(sys.modules[with_progress.__module__], "stderr", terminal)
    source = type("Source", (), {"name": "[red]scan.pdf"})()
    page = type("Page", (), {"source": source, "num_pages": 1})()
    assert list(with_progress(iter([page]))) == [page]  # type: ignore[list-item]
    assert "[red]scan.pdf" in terminal.file.getvalue()  # type: ignore[attr-defined]


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)
