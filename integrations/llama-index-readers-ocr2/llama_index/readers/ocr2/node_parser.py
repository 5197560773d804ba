"""The node parser: documents of `Ocr2Reader` in, nodes of whole blocks out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any

from llama_index.core.bridge.pydantic import ConfigDict, Field, WithJsonSchema, field_serializer, field_validator
from llama_index.core.node_parser import NodeParser
from llama_index.core.node_parser.node_utils import default_id_func
from llama_index.core.schema import BaseNode, Document
from llama_index.core.utils import get_tokenizer, get_tqdm_iterable
from llama_index.readers.ocr2.node_options import NodeOptions

from ocr2_loaders.settings import ChunkSettings

VERSION = 1
"""Raised when the same documents would become other nodes than before, so that pipelines do not take cached ones."""

_DEFAULT_TOKENIZER = "default: "

Tokenizer = Annotated[Callable[[str], Sequence[Any]] | None, WithJsonSchema({"type": "string"})]


class Ocr2NodeParser(NodeParser):
    """Cuts documents of `Ocr2Reader` into nodes along their blocks, with the headings of the whole file in view.

    Documents in "single" or "page" mode bring their pages along; all documents of one file are seen as one. Where a
    docstore took the pages away, and for documents of other readers, the Markdown of their text is read instead. Ids
    follow from the file's bytes: the same file gives the same nodes. A node's source is the document of the page that
    it begins on; previous and next go through the whole file; its parent is the node with the heading above it.

    Args:
        chunks: What becomes one node, and how many tokens of it may be embedded, metadata included.
        tokenizer: Text to tokens; LlamaIndex's own by default.
        table_summaries: Whether each table also gets an `IndexNode` with its caption and columns that points to it.
        figures: Whether each figure becomes an `ImageNode` with its picture. Its file must still be there.
        id_func: Gives other ids, from a node's place in its file and its document.

    Examples:
        ```python
        from llama_index.core.ingestion import IngestionPipeline
        from llama_index.readers.ocr2 import Ocr2NodeParser, Ocr2Reader

        pipeline = IngestionPipeline(transformations=[Ocr2NodeParser()])
        nodes = pipeline.run(documents=Ocr2Reader().load_data("report.pdf"))
        ```
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    chunks: ChunkSettings = Field(default=ChunkSettings(), description="What becomes one node.")
    tokenizer: Tokenizer = Field(default=None, description="Text to tokens; LlamaIndex's own by default.")
    table_summaries: bool = Field(default=True, description="Whether each table gets an IndexNode that points to it.")
    figures: bool = Field(default=False, description="Whether each figure becomes an ImageNode with its picture.")
    version: int = Field(default=VERSION, ge=VERSION, le=VERSION, description="Which nodes this parser makes.")

    @classmethod
    def class_name(cls) -> str:
        return "Ocr2NodeParser"

    def _parse_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,
        **_: object,
    ) -> list[BaseNode]:
        # Imported when there is something to cut, as in the reader.
        from llama_index.readers.ocr2.file_nodes import file_nodes
        from llama_index.readers.ocr2.source_file import source_files

        options = self._options()
        cut = (file_nodes(file, options) for file in source_files(nodes))
        return [node for of_file in get_tqdm_iterable(cut, show_progress, "Parsing files") for node in of_file]

    async def _aparse_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,
        **_: object,
    ) -> list[BaseNode]:
        """In a thread: cutting takes a while, and pictures are rendered."""
        return await asyncio.to_thread(partial(self._parse_nodes, nodes, show_progress=show_progress))

    def _postprocess_parsed_nodes(
        self,
        nodes: list[BaseNode],
        parent_doc_map: dict[str, Document],  # noqa: ARG002  # the parent's signature
    ) -> list[BaseNode]:
        """The nodes as they are: metadata, relations and character offsets are complete."""
        return nodes

    def _options(self) -> NodeOptions:
        tokenizer = self.tokenizer or get_tokenizer()
        return NodeOptions(
            chunks=self.chunks,
            count_tokens=lambda text: len(tokenizer(text)),
            include_metadata=self.include_metadata,
            include_prev_next_rel=self.include_prev_next_rel,
            table_summaries=self.table_summaries,
            figures=self.figures,
            id_func=None if self.id_func is default_id_func else self.id_func,
        )

    @field_validator("id_func", mode="before")
    @classmethod
    def _default_id_func(cls, id_func: object) -> object:
        """Our own ids again, where `to_dict` wrote down that they were."""
        return None if isinstance(id_func, dict) and id_func.get("id_func_name") == "default_id_func" else id_func

    @field_validator("tokenizer", mode="before")
    @classmethod
    def _default_tokenizer(cls, tokenizer: object) -> object:
        if isinstance(tokenizer, str):
            if tokenizer.startswith(_DEFAULT_TOKENIZER):
                return None
            raise ValueError(f"the tokenizer {tokenizer!r} cannot be found by its name; hand over the callable itself")
        return tokenizer

    @field_serializer("tokenizer")
    def _tokenizer_by_name(self, tokenizer: Callable[[str], Sequence[Any]] | None) -> str:
        return _name(tokenizer) if tokenizer else _DEFAULT_TOKENIZER + _name(get_tokenizer())


def _name(tokenizer: Callable[..., Any]) -> str:
    """The same for the same tokenizer in every run, which its address is not."""
    while isinstance(tokenizer, partial):
        tokenizer = tokenizer.func
    owner = getattr(tokenizer, "__self__", tokenizer)
    place = tokenizer if hasattr(tokenizer, "__qualname__") else type(tokenizer)
    return " ".join(filter(None, (f"{place.__module__}.{place.__qualname__}", _model_name(owner))))


def _model_name(owner: object) -> str:
    names = (getattr(owner, key, None) for key in ("name", "name_or_path"))
    return next((name for name in names if isinstance(name, str)), "")
