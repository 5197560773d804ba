"""Commands that come with an extra: imported when they are asked for, named in the help whether installed or not."""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from model_runtime.install_line import install_line
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.outcome import UNREADABLE_INPUT

_COMMANDS = {"bench": "ocr2_loaders.bench.command"}
"""The command, which is also the name of its extra, and the module whose `app` it is."""


class GroupWithExtras(TyperGroup):
    """A group that knows the commands of the extras beside its own."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - a class of typer or of click, by version
        return [*super().list_commands(ctx), *_COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - the same
        if cmd_name in _COMMANDS:
            return get_command(_app(cmd_name))
        return super().get_command(ctx, cmd_name)


def _app(name: str) -> typer.Typer:
    try:
        app: typer.Typer = importlib.import_module(_COMMANDS[name]).app
    except ModuleNotFoundError as error:
        return _not_installed(name, str(error.name))
    return app


def _not_installed(name: str, package: str) -> typer.Typer:
    """A command that takes any arguments and answers with the line that installs the real one."""
    words = f"ocr2 {name} needs {package}; {install_line(name)}"
    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command(
        name,
        help=f"Not installed: {words}.",
        short_help=f"Not installed: ocr2 {name} says how.",
        context_settings={"ignore_unknown_options": True},
    )
    def _absent(arguments: list[str] = typer.Argument(None, hidden=True)) -> None:  # noqa: ARG001, B008 - typer's form
        stderr.print(f"ocr2: {words}", style="red")
        raise typer.Exit(UNREADABLE_INPUT)

    return app
