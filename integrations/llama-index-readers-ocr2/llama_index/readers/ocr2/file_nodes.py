"""The nodes of one file, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from llama_index.core.schema import BaseNode, NodeRelationship, TextNode
from llama_index.readers.ocr2.cut_node import CutNode
from llama_index.readers.ocr2.family import Family, adopt, chain
from llama_index.readers.ocr2.figure_node import figure_nodes
from llama_index.readers.ocr2.node_form import NodeForm, NodeForms
from llama_index.readers.ocr2.node_options import NodeOptions
from llama_index.readers.ocr2.offsets import Offsets
from llama_index.readers.ocr2.source_file import SourceFile
from llama_index.readers.ocr2.table_summary import TableSummary, table_summaries

from ocr2_loaders.chunks import Chunk
from ocr2_loaders.export.metadata import chunk_metadata, page_metadata
from ocr2_loaders.export.parents import Parents
from ocr2_loaders.export.placed_chunk import Chunking, placed_chunks
from ocr2_loaders.structure import StructuredPage, structured_document


def file_nodes(file: SourceFile, options: NodeOptions) -> list[BaseNode]:
    """In reading order; a table's summary stands before the table, and figures stand at the end."""
    pages = structured_document(page.page for page in file.in_order()).pages
    forms = NodeForms(file, include_metadata=options.include_metadata)
    above = _above(pages)
    cut = list(_cut_nodes(pages, forms, above, options))
    summaries = table_summaries(pages, cut, forms, options) if options.table_summaries else []
    figures = figure_nodes(pages, forms, above) if options.figures else {}
    _relate(cut, summaries, figures, Family(above, cut))
    if options.include_prev_next_rel:
        chain(each.node for each in cut)
    return [*_with_summaries(cut, summaries), *figures.values()]


def _relate(
    cut: Sequence[CutNode], summaries: Sequence[TableSummary], figures: Mapping[str, TextNode], family: Family
) -> None:
    """A table's parts are its summary's children, everything else those of the heading above it."""
    in_tables: set[str] = set()
    for summary in summaries:
        parts = {part.node.node_id for part in summary.parts}
        in_tables |= parts
        family.put(summary.node, summary.parts[0].chunk.block_ids[0], beside=parts)
        for part in summary.parts:
            adopt(summary.node, part.node)
    for each in cut:
        if each.block_ids and each.node.node_id not in in_tables:
            family.put(each.node, each.block_ids[0])
    for block_id, figure in figures.items():
        family.put(figure, block_id)


def _with_summaries(cut: Iterable[CutNode], summaries: Iterable[TableSummary]) -> Iterator[BaseNode]:
    """The nodes in reading order, each table's summary before its first part."""
    before = {summary.parts[0].node.node_id: summary.node for summary in summaries}
    for each in cut:
        if each.node.node_id in before:
            yield before[each.node.node_id]
        yield each.node


def _above(pages: tuple[StructuredPage, ...]) -> dict[str, str]:
    parents = Parents()
    return {block_id: parent_id for page in pages for block_id, parent_id in parents.of(page).items()}


def _cut_nodes(
    pages: tuple[StructuredPage, ...], forms: NodeForms, above: Mapping[str, str], options: NodeOptions
) -> Iterator[CutNode]:
    """One node a chunk, and one without text for each page that no chunk stands on."""

    def metadata(chunk: Chunk) -> dict[str, Any]:
        parent_id = above.get(chunk.block_ids[0]) if chunk.block_ids else None
        return forms.of(chunk.pages[0]).metadata(chunk_metadata(chunk, parent_id=parent_id))

    def embedded_text(chunk: Chunk) -> str:
        return forms.of(chunk.pages[0]).embedded_text(chunk.text, metadata(chunk))

    chunking = Chunking(options.chunks, options.count_tokens, embedded_text)
    offsets = Offsets()
    for number, placed in enumerate(placed_chunks(pages, chunking)):
        if isinstance(placed, StructuredPage):
            page = placed.page
            node = _node(forms.of(page), page.id, "", forms.of(page).metadata(page_metadata(page)))
            chunk = None
        else:
            chunk = placed.chunk
            page = chunk.pages[0]
            node = _node(forms.of(page), chunk.id, chunk.text, metadata(chunk))
        document = forms.of(page).document
        if options.id_func:
            node.id_ = options.id_func(number, document)
        offsets.mark(node, document)
        yield CutNode(node, chunk)


def _node(form: NodeForm, node_id: str, text: str, metadata: Mapping[str, Any]) -> TextNode:
    node = TextNode(id_=node_id, **form.fields(text, metadata))
    node.relationships[NodeRelationship.SOURCE] = form.source
    return node
