"""The one place that knows engines by name. Their modules, and what they import, are loaded on first use."""

from __future__ import annotations

import importlib
import logging
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from model_runtime.contract import Runtime
from model_runtime.errors import EngineUnavailable

log = logging.getLogger(__name__)

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """Where an engine lives, the packages it needs and the extra that installs them."""

    module: str
    factory: str
    packages: tuple[str, ...]
    extra: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed packages that are not installed."""
        return tuple(package for package in self.packages if find_spec(package) is None)


ENGINES = {
    "embedded": EngineEntry(
        "model_runtime.engines.embedded", "EmbeddedEngine", ("rapidocr", "onnxruntime"), "embedded"
    ),
    "replay": EngineEntry("model_runtime.engines.replay", "ReplayEngine", ()),
}

BEST_FIRST = ("embedded",)
"""What `auto` tries, in this order. Engines that run the model itself go in front when they come."""


def open_runtime(name: str = AUTO, *, transcripts: Path | None = None) -> Runtime:
    """The engine of that name, not yet started; `transcripts` is what the replay engine plays.

    Raises: EngineUnavailable when the name is unknown or a package is missing; the message names the extra to install.
    """
    if name == AUTO:
        name = _best_installed()
        _say_once(name)
    if name == "replay":
        return _replay(transcripts)
    factory = getattr(importlib.import_module(_installed(name).module), ENGINES[name].factory)
    return cast(Runtime, factory())


def _installed(name: str) -> EngineEntry:
    entry = ENGINES.get(name)
    if entry is None:
        raise EngineUnavailable(f"there is no engine {name!r}", hint=f"choose one of {', '.join((AUTO, *ENGINES))}")
    if entry.missing:
        raise EngineUnavailable(
            f"engine {name!r} needs {' and '.join(entry.missing)}",
            hint=f"pip install 'ocr2-loaders[{entry.extra}]'",
        )
    return entry


def _best_installed() -> str:
    for name in BEST_FIRST:
        if not ENGINES[name].missing:
            return name
    raise EngineUnavailable("no engine is installed", hint="pip install 'ocr2-loaders[embedded]'")


def _replay(transcripts: Path | None) -> Runtime:
    if transcripts is None:
        raise EngineUnavailable("engine 'replay' needs transcripts to play", hint="say where they are")
    from model_runtime.engines.replay import ReplayEngine

    return ReplayEngine.from_path(transcripts)


@cache
def _say_once(name: str) -> None:
    log.warning(
        "engine 'auto' chose %r, the only engine installed that can read pages; it does without the model: "
        "formulas and borderless tables are not recognised",
        name,
    )
