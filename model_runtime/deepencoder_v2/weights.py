"""Reads the encoder's weights out of a model folder, by whichever names they have there, and nothing else of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open

from model_runtime.deepencoder_v2.configuration import DeepEncoderConfig
from model_runtime.deepencoder_v2.encoder import DeepEncoder
from model_runtime.deepencoder_v2.naming import Layout, renamed
from model_runtime.errors import EngineUnavailable, WeightsMismatch

if TYPE_CHECKING:
    from torch import Tensor

_ENCODER_PREFIXES = {
    Layout.OFFICIAL: ("model.sam_model.", "model.qwen2_model.", "model.projector.", "model.view_seperator"),
    Layout.NATIVE: ("model.vision_tower.", "model.multi_modal_projector.", "model.view_separator"),
}
"""Every tensor below these belongs to the encoder; one that no rule names is an extra one."""

_Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Stored:
    """Where a tensor lies and what it is called there."""

    path: Path
    name: str
    shape: _Shape


def load_encoder(folder: Path, *, dtype: torch.dtype, device: torch.device | str = "cpu") -> DeepEncoder:
    """The encoder of a model folder, ready to run, in evaluation mode.

    The folder holds config.json and safetensors, in one file or several, with official or Transformers-native names;
    the decoder's tensors are never read. Raises `EngineUnavailable` where a file is missing or unreadable, and
    `WeightsMismatch`, listing every tensor concerned, where the tensors do not fit the configuration.
    """
    config = _config(folder)
    with torch.device("meta"):
        encoder = DeepEncoder(config)
    stored = _encoder_tensors(folder)
    _check(folder, {name: tuple(tensor.shape) for name, tensor in encoder.state_dict().items()}, stored)
    encoder.load_state_dict(dict(_read(stored, dtype, device)), assign=True)
    return encoder.eval().requires_grad_(False)


def _config(folder: Path) -> DeepEncoderConfig:
    path = folder / "config.json"
    try:
        return DeepEncoderConfig.from_model_config(_json(path))
    except (ValueError, TypeError, AttributeError) as error:
        raise EngineUnavailable(f"{path} states no sizes that an encoder can have: {error}") from error


def _encoder_tensors(folder: Path) -> dict[str, _Stored]:
    """The encoder's tensors by our name for them; those that nobody knows by their own."""
    found: dict[str, _Stored] = {}
    for path in _weight_files(folder):
        with _opened(path) as tensors:
            for name in filter(_is_encoders, tensors.keys()):
                found[_our_name(name)] = _Stored(path, name, tuple(tensors.get_slice(name).get_shape()))
    return found


def _is_encoders(name: str) -> bool:
    return any(name.startswith(prefixes) for prefixes in _ENCODER_PREFIXES.values())


def _our_name(name: str) -> str:
    ours = (renamed(name, layout, Layout.OURS) for layout in _ENCODER_PREFIXES)
    return next(filter(None, ours), name)


def _weight_files(folder: Path) -> list[Path]:
    """The files that hold tensors of the encoder: by the index where there is one, else all that are there."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        files = sorted(folder.glob("*.safetensors"))
        if not files:
            raise EngineUnavailable(f"{folder} holds no safetensors", hint="name the folder of a downloaded model")
        return files
    weight_map = _json(index).get("weight_map")
    if not isinstance(weight_map, dict):
        raise EngineUnavailable(f"{index} has no weight_map", hint="download the model again")
    return sorted({_beside(index, file) for name, file in weight_map.items() if _is_encoders(name)})


def _beside(index: Path, file: object) -> Path:
    """The file of that name in the index's folder. An index is content, and content names no paths."""
    if not isinstance(file, str) or not file or Path(file).name != file:
        raise EngineUnavailable(f"{index} points outside its folder, at {file!r}", hint="download the model again")
    return index.with_name(file)


def _check(folder: Path, expected: Mapping[str, _Shape], stored: Mapping[str, _Stored]) -> None:
    """Raises one error that lists every tensor that is missing, unknown or of another shape, by its official name."""
    complaints = [f"missing: {_official(name)}" for name in expected if name not in stored]
    complaints += [f"unknown: {found.name}" for name, found in stored.items() if name not in expected]
    complaints += [
        f"misshapen: {found.name} is {list(found.shape)}, not {list(expected[name])}"
        for name, found in stored.items()
        if name in expected and found.shape != expected[name]
    ]
    if complaints:
        raise WeightsMismatch(
            f"{len(complaints)} tensors in {folder} do not fit its config.json: " + "; ".join(sorted(complaints)),
            hint="check that config.json and the weights are of one download",
        )


def _official(name: str) -> str:
    return renamed(name, Layout.OURS, Layout.OFFICIAL) or name


def _read(
    stored: Mapping[str, _Stored], dtype: torch.dtype, device: torch.device | str
) -> Iterator[tuple[str, Tensor]]:
    """File by file, each tensor converted before the next one is read, so that no more than one is held twice."""
    for path in sorted({tensor.path for tensor in stored.values()}):
        with _opened(path) as tensors:
            for ours, tensor in stored.items():
                if tensor.path == path:
                    yield ours, tensors.get_tensor(tensor.name).to(device=device, dtype=dtype)


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, framework="pt") as tensors:
            yield tensors
    except (OSError, SafetensorError) as error:
        raise EngineUnavailable(f"{path} cannot be read: {error}", hint="download the model again") from error


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineUnavailable(f"{path} cannot be read: {error}", hint="download the model again") from error
    if not isinstance(content, dict):
        raise EngineUnavailable(f"{path} holds no JSON object", hint="download the model again")
    return content
