"""What the node parser was asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llama_index.core.schema import BaseNode

from ocr2_loaders.settings import ChunkSettings


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """`id_func` None stands for ids that follow from the file."""

    chunks: ChunkSettings
    count_tokens: Callable[[str], int]
    include_metadata: bool
    include_prev_next_rel: bool
    table_summaries: bool
    figures: bool
    id_func: Callable[[int, BaseNode], str] | None

    def fits(self, embedded_text: str) -> bool:
        return self.count_tokens(embedded_text) <= self.chunks.max_tokens
