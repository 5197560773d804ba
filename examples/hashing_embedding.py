"""An embedding for examples and tests: words by their hashes, the same on every machine, nothing to download.

It finds passages that share words with a question and knows nothing of meaning. Put a real model in its place.

Run: python examples/hashing_embedding.py "mend the roof" "mending roofs"
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from program import run

DIMENSIONS = 1024
_WORD = re.compile(r"\w+")
_MEANS_LITTLE = 3
"""Letters, at most, of words that are in every text."""


def embedded(text: str) -> list[float]:
    """A vector of length 1; texts without a word point nowhere in particular."""
    weights = [0.0] * DIMENSIONS
    for feature, count in Counter(_features(text)).items():
        digest = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest())
        weights[digest % DIMENSIONS] += math.log1p(count) * (1 if digest >> 63 else -1)
    length = math.hypot(*weights)
    return [weight / length for weight in weights] if length else [1.0, *weights[1:]]


class HashingEmbedding:
    """What LangChain's stores ask of an embedding."""

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        return [embedded(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return embedded(text)


def _features(text: str) -> Iterator[str]:
    """Words, and their first letters, so that a plural finds its singular."""
    for word in _WORD.findall(text.casefold()):
        if len(word) > _MEANS_LITTLE:
            yield word
            yield word[:4]


def main(one: str, other: str) -> None:
    print(f"cosine similarity {sum(a * b for a, b in zip(embedded(one), embedded(other), strict=True)):.2f}")


if __name__ == "__main__":
    run(main)
