"""The tokenizer of a model folder, read without Transformers' Auto classes, which know half of this model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from model_runtime.errors import EngineUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer


def tokenizer_in(path: Path) -> Tokenizer:
    """Raises: EngineUnavailable when the file is missing or holds no tokenizer."""
    from tokenizers import Tokenizer

    try:
        return Tokenizer.from_str(path.read_text("utf-8"))
    except Exception as error:  # the tokenizers package raises nothing more precise
        raise EngineUnavailable(f"{path} cannot be read: {error}", hint="download the model again") from error
