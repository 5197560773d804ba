"""A node that was cut from a file."""

from __future__ import annotations

from dataclasses import dataclass

from llama_index.core.schema import TextNode

from ocr2_loaders.chunks import Chunk


@dataclass(frozen=True, slots=True)
class CutNode:
    """A node and the chunk that it was made from; a page without any content has none."""

    node: TextNode
    chunk: Chunk | None

    @property
    def block_ids(self) -> tuple[str, ...]:
        return self.chunk.block_ids if self.chunk else ()
