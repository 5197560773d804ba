"""Real vector stores, each by its own client: what is written must be read back equal.

Frameworks put their own shape around what they store. `write_and_read` is the ground that both stand on; their tests
use the same `STORES`, `assert_storable` and `embedding_of` through their own classes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NUM_DIMENSIONS = 32
MAX_METADATA_BYTES = 40_000


@dataclass(frozen=True, slots=True)
class Stored:
    id: str
    text: str
    metadata: dict[str, Any]


def embedding_of(text: str) -> list[float]:
    """A small deterministic embedding: texts that share words lie near each other."""
    vector = [0.0] * NUM_DIMENSIONS
    for word in text.lower().split():
        digest = hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=2).digest()
        vector[digest[0] % NUM_DIMENSIONS] += 1.0 if digest[1] % 2 else -1.0
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else [1.0] + [0.0] * (NUM_DIMENSIONS - 1)


def assert_storable(metadata: dict[str, Any]) -> None:
    """What the pickiest stores demand: flat, plain values, no None, NaN or infinity, less than 40 kB."""
    assert {type(value) for value in metadata.values()} <= {str, int, float, bool}
    assert json.loads(json.dumps(metadata, allow_nan=False)) == metadata
    assert sum(len(key) + len(str(value).encode()) for key, value in metadata.items()) < MAX_METADATA_BYTES


def write_and_read_chroma(folder: Path, items: Sequence[Stored]) -> list[Stored]:
    import chromadb

    client = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
    collection = client.create_collection("pages", embedding_function=None)
    collection.add(
        ids=[item.id for item in items],
        embeddings=[embedding_of(item.text) for item in items],
        documents=[item.text for item in items],
        metadatas=[item.metadata for item in items],
    )
    found = collection.get()
    return [Stored(*row) for row in zip(found["ids"], found["documents"], found["metadatas"], strict=True)]


def write_and_read_qdrant(folder: Path, items: Sequence[Stored]) -> list[Stored]:
    from qdrant_client import QdrantClient, models

    client = QdrantClient(path=str(folder))
    vectors = models.VectorParams(size=NUM_DIMENSIONS, distance=models.Distance.COSINE)
    client.create_collection("pages", vectors_config=vectors)
    payloads = [{"text": item.text, "metadata": item.metadata} for item in items]
    points = [
        models.PointStruct(id=item.id, vector=embedding_of(item.text), payload=payload)
        for item, payload in zip(items, payloads, strict=True)
    ]
    client.upsert("pages", points)
    records, _ = client.scroll("pages", limit=len(items))
    client.close()
    return [Stored(str(each.id), each.payload["text"], each.payload["metadata"]) for each in records]


def write_and_read_lancedb(folder: Path, items: Sequence[Stored]) -> list[Stored]:
    """One column for each key; a row that lacks a key has null there."""
    import lancedb

    keys = list(dict.fromkeys(key for item in items for key in item.metadata))
    rows = [
        {
            "id": item.id,
            "text": item.text,
            "vector": embedding_of(item.text),
            "metadata": {key: item.metadata.get(key) for key in keys},
        }
        for item in items
    ]
    table = lancedb.connect(str(folder)).create_table("pages", rows)
    found = table.to_arrow().to_pylist()
    return [Stored(row["id"], row["text"], _without_nulls(row["metadata"])) for row in found]


def write_and_read_faiss(folder: Path, items: Sequence[Stored]) -> list[Stored]:
    """FAISS keeps vectors alone; the texts lie beside it as JSON, in the order of its numbers."""
    import faiss
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    index = faiss.IndexFlatIP(NUM_DIMENSIONS)
    vectors = np.asarray([embedding_of(item.text) for item in items], np.float32)
    index.add(vectors)
    faiss.write_index(index, str(folder / "pages.faiss"))
    lines = [json.dumps([item.id, item.text, item.metadata], allow_nan=False) for item in items]
    (folder / "pages.jsonl").write_text("\n".join(lines), "utf-8")
    read = faiss.read_index(str(folder / "pages.faiss"))
    assert read.ntotal == len(items)
    return [Stored(*json.loads(line)) for line in (folder / "pages.jsonl").read_text("utf-8").split("\n")]


def _without_nulls(metadata: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metadata.items() if value is not None}


STORES: dict[str, Callable[[Path, Sequence[Stored]], list[Stored]]] = {
    "chromadb": write_and_read_chroma,
    "qdrant_client": write_and_read_qdrant,
    "lancedb": write_and_read_lancedb,
    "faiss": write_and_read_faiss,
}
"""By the name of the module that a store needs."""
