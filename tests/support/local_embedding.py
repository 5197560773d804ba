"""A real embedding model whose weights come with a package: static word vectors with 256 dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest


@cache
def local_embedding() -> Callable[[Sequence[str]], list[list[float]]]:
    """Texts to vectors of length one. Skips the test where the package is missing."""
    wordllama = pytest.importorskip("wordllama")
    # The package looks for its tokenizer in a folder of another name than the one it ships.
    model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True)

    def embed(texts: Sequence[str]) -> list[list[float]]:
        return [[float(value) for value in vector] for vector in model.embed(list(texts), norm=True)]

    return embed
