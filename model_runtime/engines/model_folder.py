"""Where the model's files are: a folder on this machine, or one commit of a model on the hub. Free of torch."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from model_runtime.engines.options import EngineOptions
from model_runtime.errors import EngineUnavailable
from model_runtime.home_path import home_path
from model_runtime.install_line import install_line

log = logging.getLogger(__name__)

PUBLISHED_MODEL = "deepseek-ai/DeepSeek-OCR-2"
PUBLISHED_REVISION = "aaa02f3811945a91062062994c5c4a3f4c0af2b0"
"""The commit of the published model that is fetched when no other is asked for."""

INDEX = "model.safetensors.index.json"
_FILES = ["*.json", "*.safetensors"]
_COMMIT = re.compile("[0-9a-f]{40}")
"""All that is ever fetched: no code."""

_NUM_SAMPLES = 64
_SAMPLE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with the model's files, and what the model is called; see `model_folder`."""

    path: Path
    name: str

    def json(self, file: str) -> dict[str, Any]:
        """The JSON object in a file of the folder. Raises: EngineUnavailable."""
        path = self.path / file
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise EngineUnavailable(
                f"{path} cannot be read: {error}", hint="name the folder of a downloaded model"
            ) from error
        if not isinstance(content, dict):
            raise EngineUnavailable(f"{path} holds no JSON object", hint="download the model again")
        return content

    def weight_files(self) -> list[Path]:
        """The safetensors files, by the index where there is one. Raises: EngineUnavailable naming those missing."""
        if (self.path / INDEX).is_file():
            return self._indexed_files()
        files = sorted(self.path.glob("*.safetensors"))
        if not files:
            raise EngineUnavailable(f"{self.path} holds no safetensors", hint="name the folder of a downloaded model")
        return files

    def _indexed_files(self) -> list[Path]:
        weight_map = self.json(INDEX).get("weight_map")
        names = sorted(set(weight_map.values())) if isinstance(weight_map, dict) else []
        if not names or not all(isinstance(name, str) and Path(name).name == name for name in names):
            raise EngineUnavailable(
                f"{self.path / INDEX} names no files of its folder", hint="download the model again"
            )
        missing = [name for name in names if not (self.path / name).is_file()]
        if missing:
            raise EngineUnavailable(
                f"{self.path} lacks {len(missing)} of its {len(names)} weight files: {', '.join(missing)}",
                hint="download the model again",
            )
        return [self.path / name for name in names]

    def fingerprint(self) -> str:
        """16 hexadecimal digits that change when the model does, at the price of reading samples of its files.

        Configuration and tokenizer count as a whole; of the weights, their size and samples throughout.
        """
        digest = hashlib.sha256()
        for name in ("config.json", "tokenizer.json"):
            path = self.path / name
            digest.update(path.read_bytes() if path.is_file() else b"")
        for path in self.weight_files():
            for sample in _samples(path):
                digest.update(sample)
        return digest.hexdigest()[:16]


def model_folder(options: EngineOptions) -> ModelFolder:
    """The folder of the model that the options name, fetched from the hub where it is an id that is not here yet.

    A model from the hub is always one commit: the one that was asked for, or for the published model a pinned one.
    Raises: EngineUnavailable when it cannot be had.
    """
    model = options.model or PUBLISHED_MODEL
    path = home_path(model)
    if path.is_dir():
        return ModelFolder(path, path.resolve().name)
    if path.is_absolute() or model.count("/") != 1 or model.startswith((".", "~")):
        raise EngineUnavailable(
            f"there is no model folder {model}", hint="name a folder, or an id on the model hub like " + PUBLISHED_MODEL
        )
    return _snapshot(model, options.revision or _pinned(model))


def is_downloaded(options: EngineOptions) -> bool:
    """Whether the model lies on this machine as a whole, so that opening it fetches nothing."""
    model = options.model or PUBLISHED_MODEL
    if home_path(model).is_dir():
        return True
    if find_spec("huggingface_hub") is None:
        return False
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(model, "config.json", revision=options.revision or _pinned(model))
        if not isinstance(config, str):
            return False
        ModelFolder(Path(config).parent, model).weight_files()
    except (HFValidationError, EngineUnavailable):
        return False
    return True


def _pinned(model: str) -> str | None:
    return PUBLISHED_REVISION if model == PUBLISHED_MODEL else None


def _snapshot(model: str, revision: str | None) -> ModelFolder:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise EngineUnavailable(
            f"fetching {model} needs huggingface_hub", hint=f"{install_line('transformers')}, or name a folder"
        ) from error
    is_here = is_downloaded(EngineOptions(model, revision))
    if not is_here:
        log.warning("%s is not on this machine yet and is fetched from the model hub, about 7 GB", model)
    knows_all = is_here and revision is not None and _COMMIT.fullmatch(revision) is not None
    try:
        # Some releases ask the hub for the list of a commit's files, though all of them are here.
        found = snapshot_download(model, revision=revision, allow_patterns=_FILES, local_files_only=knows_all)
        path = Path(found)
    except (HFValidationError, HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise EngineUnavailable(
            f"the model {model} cannot be fetched: {error}", hint="name a folder that holds it"
        ) from error
    return ModelFolder(path, f"{model}@{path.name}")


def _samples(path: Path) -> Iterator[bytes]:
    size = path.stat().st_size
    yield size.to_bytes(8, "little")
    with path.open("rb") as file:
        for number in range(_NUM_SAMPLES):
            file.seek(number * max(0, size - _SAMPLE_BYTES) // _NUM_SAMPLES)
            yield file.read(_SAMPLE_BYTES)
