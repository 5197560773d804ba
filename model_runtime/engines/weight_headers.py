"""What a model folder's safetensors say they hold, read from their headers alone. Free of torch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from model_runtime.engines.model_folder import ModelFolder
from model_runtime.engines.model_sizes import DecoderSizes, Shape
from model_runtime.errors import EngineUnavailable

_LONGEST_HEADER = 100 << 20
_OFFICIAL_ENCODER = ("model.sam_model.", "model.qwen2_model.", "model.projector.", "model.view_seperator")
_NATIVE_DECODER = "model.language_model."


def stored_tensors(folder: ModelFolder) -> dict[str, Shape]:
    """Every tensor in the folder by its name, with its shape. Raises: EngineUnavailable for a torn file."""
    found: dict[str, Shape] = {}
    for path in folder.weight_files():
        try:
            found |= _header(path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise EngineUnavailable(
                f"{path} is no whole safetensors file: {error}", hint="download it again"
            ) from error
    return found


def complaints(folder: ModelFolder) -> list[str]:
    """Every tensor that is missing, unknown or of another shape than config.json asks for.

    Where torch is not installed, the encoder's tensors are not looked at. Raises: EngineUnavailable when the folder
    cannot be read at all.
    """
    stored = stored_tensors(folder)
    sizes = DecoderSizes.from_model_config(folder.json("config.json"))
    if any(name.startswith(_NATIVE_DECODER) for name in stored):
        return _differences(sizes.native_tensors(), {name: stored[name] for name in stored if _is_native_decoder(name)})
    wanted = sizes.official_tensors()
    if find_spec("torch") is None:
        stored = {name: shape for name, shape in stored.items() if not name.startswith(_OFFICIAL_ENCODER)}
    else:
        wanted |= _encoder_tensors(folder)
    return _differences(wanted, stored)


def _is_native_decoder(name: str) -> bool:
    return name.startswith((_NATIVE_DECODER, "lm_head."))


def _encoder_tensors(folder: ModelFolder) -> dict[str, Shape]:
    from model_runtime.engines.transformers.configuration import encoder_config
    from model_runtime.engines.transformers.encoder_tensors import official_encoder_tensors

    return official_encoder_tensors(encoder_config(folder))


def _differences(wanted: Mapping[str, Shape], stored: Mapping[str, Shape]) -> list[str]:
    return [
        *(f"missing: {name}" for name in sorted(wanted.keys() - stored.keys())),
        *(f"unknown: {name}" for name in sorted(stored.keys() - wanted.keys())),
        *(
            f"misshapen: {name} is {list(stored[name])}, not {list(wanted[name])}"
            for name in sorted(wanted.keys() & stored.keys())
            if stored[name] != wanted[name]
        ),
    ]


def _header(path: Path) -> dict[str, Shape]:
    """Source: the safetensors format, 8 bytes of length, then JSON, then the tensors' bytes to the file's end."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _LONGEST_HEADER:
            raise ValueError("its header is too long")
        header = json.loads(file.read(length))
    header.pop("__metadata__", None)
    end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
    if path.stat().st_size != 8 + length + end:
        raise ValueError(f"it has {path.stat().st_size} bytes and should have {8 + length + end}")
    return {name: tuple(entry["shape"]) for name, entry in header.items()}
