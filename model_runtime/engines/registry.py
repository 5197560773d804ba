"""The one place that knows engines by name. Their modules, and what they import, are loaded on first use."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from model_runtime.engines.options import EngineOptions
from model_runtime.errors import EngineUnavailable
from model_runtime.install_line import install_line

if TYPE_CHECKING:
    from model_runtime.contract import Engine  # which brings NumPy along

log = logging.getLogger(__name__)

AUTO = "auto"


__all__ = ["AUTO", "BEST_FIRST", "ENGINES", "EngineEntry", "EngineOptions", "best_engine", "open_engine"]


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """Where an engine lives, the packages it needs and the extra that installs them.

    The class named by `factory` has a class method `from_options(options: EngineOptions) -> Engine`.
    """

    module: str
    factory: str
    packages: tuple[str, ...]
    extra: str | None = None
    runs_model: bool = False
    """Whether it needs the model's weights; `auto` passes it by while there are none at hand."""
    needs_cuda: bool = False
    """Whether `auto` passes it by on machines without a CUDA device."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The needed packages that are not installed."""
        return tuple(package for package in self.packages if find_spec(package) is None)


ENGINES = {
    "vllm": EngineEntry(
        "model_runtime.engines.vllm", "VllmEngine", ("vllm", "torch"), "vllm", runs_model=True, needs_cuda=True
    ),
    "transformers": EngineEntry(
        "model_runtime.engines.transformers",
        "TransformersEngine",
        ("torch", "transformers"),
        "transformers",
        runs_model=True,
    ),
    "endpoint": EngineEntry(
        "model_runtime.engines.endpoint", "EndpointEngine", ("openai", "tenacity", "isal"), "endpoint"
    ),
    "unstructured": EngineEntry(
        "model_runtime.engines.unstructured", "UnstructuredEngine", ("unstructured_client", "isal"), "unstructured"
    ),
    "embedded": EngineEntry(
        "model_runtime.engines.embedded", "EmbeddedEngine", ("rapidocr", "onnxruntime"), "embedded"
    ),
    "replay": EngineEntry("model_runtime.engines.replay", "ReplayEngine", ()),
}

BEST_FIRST = ("vllm", "transformers", "embedded")
"""What `auto` tries, in this order. It never starts a download of its own accord: see `best_engine`."""

_DEFAULTS = EngineOptions()


def open_engine(
    name: str = AUTO, options: EngineOptions = _DEFAULTS, *, tell: Callable[[str, str], None] | None = None
) -> Engine:
    """The engine of that name, not yet started; it takes the options that concern it.

    `tell` is called with the engine that `auto` chose and a sentence that says so; by default the sentence is logged,
    once in a process. Raises: EngineUnavailable when the name is unknown, a package is missing, or the options lack
    what the engine cannot do without; the message says what to install or to give.
    """
    if name == AUTO:
        name = best_engine(options)
        (tell or _log_once)(name, f"engine 'auto' chose {name!r}, {_CHOSEN.get(name, 'because the model is at hand')}")
    entry = _installed(name)
    factory = getattr(importlib.import_module(entry.module), entry.factory)
    return cast("Engine", factory.from_options(options))


def _installed(name: str) -> EngineEntry:
    entry = ENGINES.get(name)
    if entry is None:
        raise EngineUnavailable(f"there is no engine {name!r}", hint=f"choose one of {', '.join((AUTO, *ENGINES))}")
    if entry.missing:
        raise EngineUnavailable(
            f"engine {name!r} needs {' and '.join(entry.missing)}",
            hint=install_line(entry.extra) if entry.extra else None,
        )
    return entry


def best_engine(options: EngineOptions) -> str:
    """What `auto` takes: the first engine installed that could start without fetching gigabytes that nobody asked for.

    Where an endpoint was named, there is no other choice.
    Engines that run the model come into question where a model was named, and then no others do, or where the
    published one lies on this machine already. Raises: EngineUnavailable when there is none.
    """
    if options.base_urls:
        return "endpoint"
    named = options.model is not None
    for name in BEST_FIRST:
        entry = ENGINES[name]
        if entry.missing or (entry.needs_cuda and not _has_cuda_device()):
            continue
        if named == entry.runs_model or (entry.runs_model and _is_downloaded(options)):
            return name
    extra = "transformers" if named else "embedded"
    what = "no engine that runs a model" if named else "no engine"
    raise EngineUnavailable(f"{what} is installed", hint=install_line(extra))


def _is_downloaded(options: EngineOptions) -> bool:
    from model_runtime.engines.model_folder import is_downloaded

    return is_downloaded(options)


def _has_cuda_device() -> bool:
    import torch

    return bool(torch.cuda.device_count())  # asks the driver: a context would keep vLLM from forking


_CHOSEN = {
    "endpoint": "because one was named",
    "embedded": "which does without the model: formulas and borderless tables are not recognised; "
    "name a model to run one, or pick an engine",
}


@cache
def _log_once(_name: str, sentence: str) -> None:
    log.warning("%s", sentence)
