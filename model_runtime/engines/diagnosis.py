"""What is installed here, which engines can run and why not. Heavy packages are imported only where they are there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from model_runtime.engines.model_folder import PUBLISHED_MODEL, ModelFolder, is_downloaded, model_folder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.registry import ENGINES, EngineOptions, open_engine
from model_runtime.engines.weight_headers import complaints, stored_tensors
from model_runtime.errors import EngineUnavailable, Ocr2Error

__all__ = [
    "EngineOptions",
    "EngineState",
    "devices",
    "endpoint_report",
    "engine_states",
    "installed",
    "memory",
    "model_report",
]

_PACKAGES = ("torch", "transformers", "tokenizers", "vllm", "openai", "rapidocr", "onnxruntime", "unstructured-client")


@dataclass(frozen=True, slots=True)
class EngineState:
    """An engine, and what keeps it from reading a page; None where nothing does, as far as can be told from here."""

    name: str
    problem: Ocr2Error | None
    server: str | None = None
    """What it would send pages to; nobody has asked whether that answers."""


def installed() -> dict[str, str | None]:
    """The version of each package that engines need; None where it is absent."""
    return {package: _version(package) for package in _PACKAGES}


def engine_states(options: EngineOptions) -> Iterator[EngineState]:
    """Every engine, opened with these options as a run would do it, but never fetching anything."""
    for name, entry in ENGINES.items():
        if entry.runs_model and not entry.missing and not is_downloaded(options):
            model = options.model or PUBLISHED_MODEL
            absent = EngineUnavailable(
                f"the model {model} is not on this machine", hint="name its folder, or run the engine once"
            )
            yield EngineState(name, absent)
        else:
            yield _state(name, options)


def devices() -> list[str]:
    """What PyTorch can calculate on, best first; empty where there is no PyTorch."""
    if find_spec("torch") is None:
        return []
    import torch

    found = []
    for index in range(torch.cuda.device_count()):
        free, total = torch.cuda.mem_get_info(index)
        found.append(f"cuda:{index} {torch.cuda.get_device_name(index)}, {_gib(free)} of {_gib(total)} free")
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, f"cpu, {torch.get_num_threads()} threads"]


def memory() -> str:
    """Main memory, and how much of it is free, where the system says."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    lines = Path("/proc/meminfo").read_text("ascii").splitlines() if Path("/proc/meminfo").is_file() else []
    available = [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")]
    if not total:
        return "memory unknown"
    return f"{_gib(total)} of memory" + (f", {_gib(available[0])} free" if available else "")


def model_report(options: EngineOptions) -> tuple[list[str], list[str]]:
    """What the model's folder holds, and all that is wrong with it; weights are judged by their headers alone."""
    try:
        folder = model_folder(options)
        sizes = DecoderSizes.from_model_config(folder.json("config.json"))
        return _facts(folder, sizes), [*complaints(folder), *_tokenizer_complaints(folder, sizes)]
    except EngineUnavailable as error:
        return [], [str(error)]


def endpoint_report(options: EngineOptions) -> tuple[list[str], list[str]]:
    """What the servers of the options, or of the environment, are and do well, and all that is wrong with them."""
    if ENGINES["endpoint"].missing:
        return [], [str(_state("endpoint", options).problem)]
    from model_runtime.engines.endpoint.canary import examined
    from model_runtime.engines.endpoint.settings import EndpointSettings

    try:
        findings = examined(EndpointSettings.from_env(model=options.model, base_urls=options.base_urls or None))
    except EngineUnavailable as error:
        return [], [str(error)]
    return [str(each) for each in findings if each.is_well], [str(each) for each in findings if not each.is_well]


def _facts(folder: ModelFolder, sizes: DecoderSizes) -> list[str]:
    files = folder.weight_files()
    num_bytes = sum(path.stat().st_size for path in files)
    weights = f"{len(files)} weight files, {_gib(num_bytes)}, {len(stored_tensors(folder))} tensors"
    decoder = f"decoder of {sizes.num_layers} layers, {sizes.dim} wide, {sizes.num_experts} experts"
    tokens = f"{sizes.vocab_size} tokens of vocabulary, {sizes.max_tokens} of context"
    return [f"{folder.path}: {weights}", f"{decoder}; {tokens}"]


def _tokenizer_complaints(folder: ModelFolder, sizes: DecoderSizes) -> list[str]:
    """None where the packages that read it are not installed."""
    if ENGINES["transformers"].missing:
        return []
    from model_runtime.engines.transformers.tokens import ModelTokens

    try:
        ModelTokens.from_folder(folder, sizes)
    except EngineUnavailable as error:
        return [str(error)]
    return []


def _state(name: str, options: EngineOptions) -> EngineState:
    try:
        with closing(open_engine(name, options)) as engine:
            settings = getattr(engine, "settings", None)
            servers = getattr(settings, "base_urls", None) or (getattr(settings, "server_url", None),)
            return EngineState(name, None, ", ".join(filter(None, servers)) or None)
    except Ocr2Error as error:
        return EngineState(name, error)
    except ImportError as error:
        return EngineState(name, EngineUnavailable(f"a package it needs cannot be imported: {error}"))


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _gib(num_bytes: int) -> str:
    return f"{num_bytes / 2**30:.1f} GiB" if num_bytes >= 2**30 else f"{num_bytes / 2**20:.1f} MiB"
