"""A node for each table that says what the table is about, and points to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from llama_index.core.schema import IndexNode, NodeRelationship, TextNode
from llama_index.readers.ocr2.cut_node import CutNode
from llama_index.readers.ocr2.node_form import NodeForm, NodeForms
from llama_index.readers.ocr2.node_options import NodeOptions

from ocr2_loaders.blocks import BlockLabel, Table
from ocr2_loaders.chunks import Chunk
from ocr2_loaders.structure import StructuredPage


@dataclass(frozen=True, slots=True)
class TablePart:
    """A node with rows of a table, all of them or some."""

    node: TextNode
    chunk: Chunk
    table: Table


@dataclass(frozen=True, slots=True)
class TableSummary:
    """The summary's node, and the parts of the table in their order; at least one."""

    node: IndexNode
    parts: tuple[TablePart, ...]


def table_summaries(
    pages: Iterable[StructuredPage], cut: Iterable[CutNode], forms: NodeForms, options: NodeOptions
) -> list[TableSummary]:
    """One for each table that stands in nodes of its own, in reading order."""
    tables: dict[str, list[TablePart]] = {}
    beginnings = _beginnings(pages)
    for each in cut:
        beginning = next((beginnings[block_id] for block_id in each.block_ids if block_id in beginnings), None)
        if beginning and each.chunk and each.chunk.table:
            tables.setdefault(beginning, []).append(TablePart(each.node, each.chunk, each.chunk.table))
    return [_summary(parts, forms.of(parts[0].chunk.pages[0]), options) for parts in tables.values()]


def _beginnings(pages: Iterable[StructuredPage]) -> dict[str, str]:
    """For each block of a table the id of the block that the table begins with."""
    beginnings: dict[str, str] = {}
    for page in pages:
        for structured in page.blocks:
            if structured.block.label is BlockLabel.TABLE:
                goes_on_with = structured.continues_id or ""
                beginnings[structured.block.id] = beginnings.get(goes_on_with, structured.block.id)
    return beginnings


def _summary(parts: Sequence[TablePart], form: NodeForm, options: NodeOptions) -> TableSummary:
    first = parts[0].node
    node_id = str(uuid5(UUID(int=0), f"summary of {first.node_id}"))
    own = {"element_id": node_id} if "element_id" in first.metadata else {}
    metadata = {key: value for key, value in {**first.metadata, **own}.items() if key != "text_as_html"}
    words = _words(parts)
    while len(words) > 1 and not options.fits(form.embedded_text(" ".join(words), metadata)):
        words = words[: len(words) * 4 // 5]
    node = IndexNode(id_=node_id, index_id=first.node_id, **form.fields(" ".join(words), metadata))
    node.relationships[NodeRelationship.SOURCE] = form.source
    return TableSummary(node, tuple(parts))


def _words(parts: Sequence[TablePart]) -> list[str]:
    """What the table is about, how long it is, and what its columns are called."""
    chunk, table = parts[0].chunk, parts[0].table
    about = chunk.caption or (chunk.heading_path[-1] if chunk.heading_path else "Table")
    num_rows = sum(len(part.table.rows) - part.table.num_header_rows for part in parts)
    columns = dict.fromkeys(cell for row in table.rows[: max(1, table.num_header_rows)] for cell in row if cell)
    return f"{about}: {num_rows} rows with {', '.join(columns)}".split()
