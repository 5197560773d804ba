"""Which model the Transformers engine runs, where, and how far one page may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model_runtime.engines.model_folder import PUBLISHED_MODEL
from model_runtime.tiling import MAX_CROPS

DeviceName = str
DtypeName = Literal["auto", "bfloat16", "float16", "float32"]
EncoderName = Literal["auto", "ours", "native"]


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """No `ngram_size` tokens in a row may stand twice within the last `window` tokens; table cell tags are exempt.

    The defaults are those of the official runner for single images; the official one for PDFs has a window of 50.
    """

    ngram_size: int = 20
    """Tokens in a row that may not come again, at least 2."""
    window: int = 90
    """How many of the last tokens are looked at, at least `ngram_size`."""

    def __post_init__(self) -> None:
        if not 2 <= self.ngram_size <= self.window:
            raise ValueError(f"a window of {self.window} tokens guards no repetition of {self.ngram_size} tokens")


@dataclass(frozen=True, slots=True)
class TransformersSettings:
    """`model` is a folder or an id on the model hub; a revision None is the pinned commit of the published model."""

    model: str = PUBLISHED_MODEL
    """A folder, or an id on the model hub."""
    revision: str | None = None
    """Commit, tag or branch of a model from the hub; None for the pinned commit of the published model."""
    device: DeviceName = "auto"
    """As PyTorch names it; "auto" is the first of CUDA, MPS and CPU that is there."""
    dtype: DtypeName = "auto"
    """ "auto" is bfloat16 where the device calculates in it, which all but old GPUs do, else float16."""
    encoder: EncoderName = "auto"
    """Whose vision encoder runs: ours, or that of Transformers. "auto" is ours on CPU and CUDA, where it is faster."""
    batch_size: int | None = None
    """Pages written side by side; None for one on the CPU and as many as fit on a GPU. Halved when memory runs out."""
    max_new_tokens: int | None = None
    """For one page; None for all that the model's context leaves."""
    max_crops: int = MAX_CROPS
    """0 to 6: fewer crops, fewer visual tokens, less time and memory, and less of the small print."""
    guard: GuardSettings | None = GuardSettings()
    """Against endless repetition; None for no guard."""

    def __post_init__(self) -> None:
        for name in ("batch_size", "max_new_tokens"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} must be at least 1, not {value}")
        if not 0 <= self.max_crops <= MAX_CROPS:
            raise ValueError(f"max_crops must lie between 0 and {MAX_CROPS}, not {self.max_crops}")
