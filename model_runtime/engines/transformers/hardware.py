"""What the model runs on: the device, the number format, and how many pages side by side."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from model_runtime.engines.transformers.settings import TransformersSettings
from model_runtime.errors import EngineUnavailable

_PAGE_BYTES = 1 << 30
"""Keys and values of 8,192 tokens (570 MB in 16 bits) and what a page's views need on their way."""
_LARGEST_BATCH = 16


@dataclass(frozen=True, slots=True)
class Hardware:
    device: torch.device
    dtype: torch.dtype

    def __str__(self) -> str:
        name = torch.cuda.get_device_name(self.device) if self.device.type == "cuda" else self.device.type
        return f"{name} in {str(self.dtype).removeprefix('torch.')}"

    @property
    def prefers_our_encoder(self) -> bool:
        """Where ours was measured to be faster than Transformers' own."""
        return self.device.type in ("cpu", "cuda")

    @property
    def largest_batch(self) -> int:
        """The CPU gains nothing by more than one page."""
        return _LARGEST_BATCH if self.device.type == "cuda" else 1

    def batch_size(self) -> int:
        """How many pages fit beside the weights."""
        if self.largest_batch == 1:
            return 1
        free, _ = torch.cuda.mem_get_info(self.device)
        return max(1, min(self.largest_batch, free // _PAGE_BYTES - 1))


def hardware_for(settings: TransformersSettings) -> Hardware:
    """Raises: EngineUnavailable for a device that is not there."""
    device = _device(settings.device)
    dtype = _best_dtype(device) if settings.dtype == "auto" else getattr(torch, settings.dtype)
    return Hardware(device, dtype)


def _device(wanted: str) -> torch.device:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, is_there in there.items() if is_there))
    try:
        device = torch.device(wanted)
    except RuntimeError as error:
        raise EngineUnavailable(f"PyTorch knows no device {wanted!r}", hint="choose cuda, mps or cpu") from error
    index_is_there = device.type != "cuda" or (device.index or 0) < torch.cuda.device_count()
    if not there.get(device.type, True) or not index_is_there:
        present = ", ".join(name for name, is_there in there.items() if is_there)
        raise EngineUnavailable(f"there is no device {wanted!r}", hint=f"choose one of {present}")
    return device


def _best_dtype(device: torch.device) -> torch.dtype:
    if device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.float16
    return torch.bfloat16


def is_out_of_memory(error: RuntimeError) -> bool:
    """PyTorch has a class for it on CUDA only; on the CPU and on MPS it is a sentence."""
    return isinstance(error, torch.OutOfMemoryError) or any(
        words in str(error) for words in ("out of memory", "can't allocate memory", "not enough memory")
    )


def release_memory() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
