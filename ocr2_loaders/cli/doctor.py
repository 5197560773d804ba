"""`ocr2 doctor`: what is installed, what can run here, and what is wrong with a model folder."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version

import typer

from model_runtime.engines.diagnosis import (
    devices,
    endpoint_report,
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


def doctor(
    *, model: options.Model = None, revision: options.Revision = None, endpoint: options.Endpoint = None
) -> None:
    """Say what is installed, which engines can run and why not, and check a model folder or a server.

    A server is sent a page whose contents are known. Exit status: 0 when the server named is well, or, where none is
    named, some engine can read pages here and the model named, if any, is whole; else 1.
    """
    chosen = options.engine_options(model=model, revision=revision, endpoint=endpoint, transcripts=None)
    if chosen.base_urls:
        raise typer.Exit(0 if _is_well("Endpoint", endpoint_report(chosen)) else CANNOT_RUN)
    typer.echo(f"ocr2-loaders {version('ocr2-loaders')}, Python {platform.python_version()}, {sys.platform}")
    _print("Packages", [f"{name} {found or 'is not installed'}" for name, found in installed().items()])
    _print("Machine", [memory(), *devices()])
    states = list(engine_states(chosen))
    _print("Engines", [f"{state.name}: {state.problem or 'ready'}" for state in states])
    is_whole = model is None or _is_well("Model", model_report(chosen))
    can_read = any(state.problem is None and state.name not in _READ_NO_PAGES_BY_THEMSELVES for state in states)
    raise typer.Exit(0 if can_read and is_whole else CANNOT_RUN)


def _is_well(title: str, report: tuple[list[str], list[str]]) -> bool:
    facts, complaints = report
    more = len(complaints) - _MOST_COMPLAINTS
    shown = complaints[:_MOST_COMPLAINTS] + ([f"and {more} more"] if more > 0 else [])
    _print(title, [*facts, *(shown or ["everything is there and fits"])])
    return not complaints


def _print(title: str, lines: list[str]) -> None:
    typer.echo(f"\n{title}")
    for line in lines:
        typer.echo(f"  {line}")
