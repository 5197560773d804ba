"""`ocr2 doctor`: what is installed, what can run here, and what is wrong with a model folder."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

import typer

from model_runtime.engines.diagnosis import (
    EngineOptions,
    devices,
    engine_states,
    installed,
    memory,
    model_report,
)
from ocr2_loaders.cli import options

CANNOT_RUN = 1
_MOST_COMPLAINTS = 20
_READ_NO_PAGES_BY_THEMSELVES = ("endpoint", "replay")
"""These need a server, which is not asked here, or recordings."""


def doctor(*, model: options.Model = None, revision: options.Revision = None) -> None:
    """Say what is installed, which engines can run and why not, and check a model folder.

    Exit status: 0 when some engine can read pages here and the model named, if any, is whole, else 1.
    """
    chosen = EngineOptions(model=model, revision=revision)
    typer.echo(f"ocr2-loaders {version('ocr2-loaders')}, Python {platform.python_version()}, {sys.platform}")
    _print("Packages", [f"{name} {found or 'is not installed'}" for name, found in installed().items()])
    _print("Machine", [memory(), *devices()])
    states = list(engine_states(chosen))
    _print("Engines", [f"{state.name}: {state.problem or 'ready'}" for state in states])
    is_whole = model is None or _model_is_whole(chosen)
    can_read = any(state.problem is None and state.name not in _READ_NO_PAGES_BY_THEMSELVES for state in states)
    raise typer.Exit(0 if can_read and is_whole else CANNOT_RUN)


def _model_is_whole(chosen: EngineOptions) -> bool:
    facts, complaints = model_report(chosen)
    more = len(complaints) - _MOST_COMPLAINTS
    shown = complaints[:_MOST_COMPLAINTS] + ([f"and {more} more"] if more > 0 else [])
    _print("Model", [*facts, *(shown or ["everything is there and fits"])])
    return not complaints


def _print(title: str, lines: list[str]) -> None:
    typer.echo(f"\n{title}")
    for line in lines:
        typer.echo(f"  {line}")
