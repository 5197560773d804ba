"""`ocr2 doctor`: what is installed, what can run here, and what is wrong with a model folder."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from typing import NoReturn

import typer

from model_runtime.engines.diagnosis import (
    EngineState,
    devices,
    endpoint_report,
    engine_states,
    installed,
    memory,
    model_report,
)
from ocr2_loaders.cli import options
from ocr2_loaders.cli.wording import advice, worded

CANNOT_RUN = 1
_MOST_COMPLAINTS = 20


def doctor(
    *, model: options.Model = None, revision: options.Revision = None, endpoint: options.Endpoint = None
) -> None:
    """Say what is installed, which engines can run and why not, and check a model folder or a server.

    A server is sent a page whose contents are known. Exit status: 0 when the server named is well, or, where none is
    named, some engine can read pages on this machine and the model named, if any, is whole; else 1. The last line says
    which.
    """
    chosen = options.engine_options(model=model, revision=revision, endpoint=endpoint, transcripts=None)
    if chosen.base_urls:
        is_well = _is_well("Endpoint", endpoint_report(chosen))
        _end("The server is well.") if is_well else _end("The server named is not fit to read pages.", CANNOT_RUN)
    typer.echo(f"ocr2-loaders {version('ocr2-loaders')}, Python {platform.python_version()}, {sys.platform}")
    _print("Packages", [f"{name} {found or 'is not installed'}" for name, found in installed().items()])
    _print("Machine", [memory(), *devices()])
    states = list(engine_states(chosen))
    _print("Engines", [f"{state.name}: {_condition(state)}" for state in states])
    if model is not None and not _is_well("Model", model_report(chosen)):
        _end("The model cannot be run.", CANNOT_RUN)
    ready = [state.name for state in states if state.problem is None and state.server is None]
    if not ready:
        _end("No engine can read pages on this machine: install one, or name a server with --endpoint.", CANNOT_RUN)
    _end(f"Pages can be read on this machine, with {' or '.join(ready)}.")


def _condition(state: EngineState) -> str:
    if state.problem is not None:
        return str(worded(state.problem))
    return f"sends pages to {state.server}, which was not asked now" if state.server else "ready"


def _end(verdict: str, status: int = 0) -> NoReturn:
    typer.echo(f"\n{verdict}" + (f" Exit status {status}." if status else ""))
    raise typer.Exit(status)


def _is_well(title: str, report: tuple[list[str], list[str]]) -> bool:
    facts, complaints = report
    complaints = [advice(each, "engine") for each in complaints]
    more = len(complaints) - _MOST_COMPLAINTS
    shown = complaints[:_MOST_COMPLAINTS] + ([f"and {more} more"] if more > 0 else [])
    _print(title, [*facts, *(shown or ["everything is there and fits"])])
    return not complaints


def _print(title: str, lines: list[str]) -> None:
    typer.echo(f"\n{title}")
    for line in lines:
        typer.echo(f"  {line}")
