"""The node parser on a real file, with recorded transcripts in place of a model."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import pickle
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.node_parser import NodeParser
from llama_index.core.schema import (
    BaseNode,
    Document,
    ImageNode,
    IndexNode,
    MetadataMode,
    NodeRelationship,
    TextNode,
)
from llama_index.core.storage.docstore import SimpleDocumentStore
from llama_index.core.utils import get_tokenizer
from llama_index.readers.ocr2 import Ocr2NodeParser
from PIL import Image
from pydantic import ValidationError

from ocr2_loaders.errors import ChunkBudgetTooSmall
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from tests.support.patience import patient

Read = Callable[..., list[Document]]
SMALL = ChunkSettings(max_tokens=160)


def cut(documents: list[Document], **options: Any) -> list[BaseNode]:
    return Ocr2NodeParser(**options).get_nodes_from_documents(documents)


def plain(nodes: list[BaseNode]) -> list[TextNode]:
    """The nodes that are neither summaries nor figures."""
    return [node for node in nodes if type(node) is TextNode]


def words(text: str) -> list[str]:
    return text.split()


def without_pages(documents: list[Document]) -> list[Document]:
    """What a docstore gives back."""
    store = SimpleDocumentStore()
    store.add_documents(documents)
    restored = SimpleDocumentStore.from_dict(json.loads(json.dumps(store.to_dict())))
    return [restored.get_document(document.id_) for document in documents]


def test_class() -> None:
    assert NodeParser.__name__ in [base.__name__ for base in Ocr2NodeParser.__mro__]
    assert Ocr2NodeParser.class_name() == "Ocr2NodeParser"


@pytest.mark.parametrize("policy", ChunkPolicy)
def test_every_policy_makes_nodes_with_every_word_and_headings_of_the_whole_file(
    read: Read, policy: ChunkPolicy
) -> None:
    nodes = plain(cut(read(), chunks=ChunkSettings(policy=policy)))
    text = " ".join(node.text for node in nodes)
    assert all(phrase in text for phrase in ("ears of wheat", "Yields rose", "1999\t", "Yields may rise"))
    (shown,) = [node for node in nodes if "The table shows" in node.text]
    if policy is not ChunkPolicy.PAGE:
        assert shown.metadata["heading_path"] == "Wheat > 2 Results"


def test_documents_of_a_whole_file_and_of_its_pages_give_the_same_nodes(read: Read) -> None:
    of_pages, of_file = cut(read(mode="page")), cut(read(mode="single"))
    assert [(node.id_, node.get_content()) for node in of_pages] == [(node.id_, node.get_content()) for node in of_file]


@pytest.mark.parametrize("max_tokens", [128, 160, 512])
@pytest.mark.parametrize("extra_info", [None, {"tenant": "acme " * 10}])
def test_the_budget_counts_everything_that_is_embedded(
    read: Read, max_tokens: int, extra_info: dict[str, object] | None
) -> None:
    nodes = cut(read(extra_info=extra_info), chunks=ChunkSettings(max_tokens=max_tokens))
    sizes = [len(get_tokenizer()(node.get_content(MetadataMode.EMBED))) for node in nodes]
    assert max(sizes) <= max_tokens
    assert max(sizes) > max_tokens / 2


def test_another_tokenizer_counts_differently(read: Read) -> None:
    assert len(cut(read(), chunks=SMALL, tokenizer=words)) < len(cut(read(), chunks=SMALL, tokenizer=list))


def test_metadata_that_leaves_no_room_for_text_is_an_error_that_says_so(read: Read) -> None:
    with pytest.raises(ChunkBudgetTooSmall, match="leave metadata out"):
        cut(read(extra_info={"history": "word " * 400}), chunks=SMALL)


def test_without_metadata_all_of_the_budget_is_the_texts(read: Read) -> None:
    nodes = plain(cut(read(), chunks=SMALL, include_metadata=False))
    assert {str(node.metadata) for node in nodes} == {"{}"}
    assert len(nodes) < len(plain(cut(read(), chunks=SMALL)))


def test_the_same_file_gives_the_same_nodes_with_the_same_hashes(read: Read) -> None:
    first, second = (cut(read(), chunks=SMALL) for _ in range(2))
    assert [(node.id_, node.hash) for node in first] == [(node.id_, node.hash) for node in second]
    assert len({node.id_ for node in first}) == len(first)


def test_an_id_func_gives_other_ids(read: Read) -> None:
    nodes = plain(cut(read(), id_func=lambda number, document: f"{document.metadata['file_name']}-{number}"))
    assert [node.id_ for node in nodes] == [f"wheat.pdf-{number}" for number in range(len(nodes))]


def test_the_source_is_the_document_of_the_page_that_a_node_begins_on(read: Read) -> None:
    documents = read()
    by_page = {document.metadata["page"]: document for document in documents}
    for node in cut(documents, chunks=SMALL):
        document = by_page[node.metadata["page"]]
        assert node.ref_doc_id == document.id_
        assert node.source_node is not None
        assert node.source_node.hash == document.hash


def test_previous_and_next_go_through_the_whole_file(read: Read) -> None:
    nodes = plain(cut(read(), chunks=SMALL))
    assert nodes[0].prev_node is None
    assert nodes[-1].next_node is None
    for node, following in pairwise(nodes):
        assert (node.next_node.node_id, following.prev_node.node_id) == (following.id_, node.id_)
        assert node.next_node.hash == following.hash
    assert len({node.ref_doc_id for node in nodes}) == 3


def test_previous_and_next_can_be_left_out(read: Read) -> None:
    for node in cut(read(), chunks=SMALL, include_prev_next_rel=False):
        assert not {NodeRelationship.PREVIOUS, NodeRelationship.NEXT} & node.relationships.keys()


def test_the_parent_is_the_node_with_the_heading_above(read: Read) -> None:
    nodes = plain(cut(read(), chunks=ChunkSettings(policy=ChunkPolicy.BLOCK)))
    by_text = {node.text.strip()[:14]: node for node in nodes}
    parents = {text: node.parent_node and node.parent_node.node_id for text, node in by_text.items()}
    assert parents["Wheat"] is None
    assert parents["1 Method"] == parents["2 Results"] == by_text["Wheat"].id_
    assert parents["We counted the"] == by_text["1 Method"].id_
    assert parents["The table show"] == by_text["2 Results"].id_
    assert by_text["We counted the"].id_ in [each.node_id for each in by_text["1 Method"].child_nodes]


def test_parents_and_children_know_each_other(read: Read) -> None:
    nodes = cut(read(), chunks=SMALL, figures=True)
    by_id = {node.id_: node for node in nodes}
    for node in nodes:
        for child in node.child_nodes or []:
            assert by_id[child.node_id].parent_node.node_id == node.id_
        seen = {node.id_}
        while node.parent_node:
            node = by_id[node.parent_node.node_id]  # noqa: PLW2901  # climbing is what this loop is for
            assert node.id_ not in seen
            seen.add(node.id_)


def test_relations_do_not_carry_metadata_again(read: Read) -> None:
    for node in cut(read(), chunks=SMALL):
        for kind in (NodeRelationship.PREVIOUS, NodeRelationship.NEXT, NodeRelationship.PARENT):
            related = node.relationships.get(kind)
            assert related is None or related.metadata == {}


def test_text_that_stands_in_its_document_letter_for_letter_has_offsets(read: Read) -> None:
    documents = {document.id_: document for document in read()}
    nodes = plain(cut(list(documents.values()), chunks=ChunkSettings(policy=ChunkPolicy.BLOCK)))
    placed = [node for node in nodes if node.start_char_idx is not None]
    assert len(placed) > 5
    for node in placed:
        text = documents[node.ref_doc_id].text
        assert text[node.start_char_idx : node.end_char_idx] == node.text
    (table,) = [node for node in nodes if node.metadata["category"] == "Table"]
    assert table.start_char_idx is None


def test_words_that_come_twice_are_found_where_they_stand(read: Read) -> None:
    twice = "<|ref|>text<|/ref|><|det|>[[1, {0}, 9, {0}]]<|/det|>\nThe same words.\n\n"
    documents = read(texts=(twice.format(10) + twice.format(20),))[:1]
    nodes = plain(cut(documents, chunks=ChunkSettings(policy=ChunkPolicy.BLOCK)))
    assert [node.start_char_idx for node in nodes] == [0, len("The same words.\n\n")]


def test_a_table_has_a_summary_that_points_to_it_and_is_the_parent_of_its_parts(read: Read) -> None:
    nodes = cut(read(), chunks=SMALL)
    (summary,) = [node for node in nodes if isinstance(node, IndexNode)]
    parts = [node for node in plain(nodes) if "text_as_html" in node.metadata]
    assert len(parts) > 3
    assert summary.text == "Table 1: Yield by year: 100 rows with Year, Yield"
    assert summary.index_id == parts[0].id_
    assert [child.node_id for child in summary.child_nodes] == [part.id_ for part in parts]
    assert {part.parent_node.node_id for part in parts} == {summary.id_}
    assert nodes.index(summary) + 1 == nodes.index(parts[0])
    assert "text_as_html" not in summary.metadata


def test_summaries_can_be_left_out(read: Read) -> None:
    assert not [node for node in cut(read(), table_summaries=False) if isinstance(node, IndexNode)]


def test_a_figure_has_a_node_with_its_picture_and_its_caption(read: Read) -> None:
    nodes = cut(read(), figures=True)
    (figure,) = [node for node in nodes if isinstance(node, ImageNode)]
    assert figure.text == "Figure 1: A field of wheat"
    picture = Image.open(io.BytesIO(base64.b64decode(figure.image)))
    assert picture.format == "PNG"
    assert picture.size == (954, 675)
    assert figure.metadata["heading_path"] == "Wheat > 3 Outlook"
    assert figure.parent_node is not None
    assert not [node for node in cut(read()) if isinstance(node, ImageNode)]


def test_a_figure_whose_file_is_gone_has_no_picture(read: Read, paper: Path) -> None:
    documents = read()
    paper.unlink()
    (figure,) = [node for node in cut(documents, figures=True) if isinstance(node, ImageNode)]
    assert figure.image is None
    assert figure.text == "Figure 1: A field of wheat"


def test_what_was_added_to_a_documents_metadata_is_in_its_nodes(read: Read) -> None:
    documents = read(extra_info={"file_name": "renamed.pdf", "tenant": "acme"})
    for document in documents:
        del document.metadata["engine"]
    for node in cut(documents, chunks=SMALL, figures=True):
        assert (node.metadata["file_name"], node.metadata["tenant"]) == ("renamed.pdf", "acme")
        assert "engine" not in node.metadata
        assert node.metadata["element_id"] != node.ref_doc_id


def test_nodes_take_the_form_of_their_document(read: Read) -> None:
    documents = read()
    for document in documents:
        document.excluded_embed_metadata_keys.append("page_label")
        document.metadata_template = "{key} is {value}"
        document.text_template = "{content} ({metadata_str})"
    (node, *_) = cut(documents)
    embedded = node.get_content(MetadataMode.EMBED)
    assert embedded.startswith(node.text)
    assert embedded.endswith("heading_path is Wheat > 1 Method)")
    assert "page_label" not in embedded
    node.excluded_embed_metadata_keys.clear()
    assert documents[0].excluded_embed_metadata_keys


@pytest.mark.parametrize("policy", ChunkPolicy)
def test_a_failed_page_is_a_node_that_says_why(read: Read, policy: ChunkPolicy) -> None:
    documents = read(texts=(*pages_of(read)[:1],))
    nodes = cut(documents, chunks=ChunkSettings(policy=policy))
    failed = [node for node in nodes if node.metadata["page_status"] == "failed"]
    assert [(node.text, node.metadata["page_number"]) for node in failed] == [("", 2), ("", 3)]
    assert all(node.metadata["error"] for node in failed)


def pages_of(read: Read) -> list[str]:
    return [document.pages[0].transcript for document in read()]


def test_documents_in_any_order_are_read_in_the_order_of_their_pages(read: Read) -> None:
    documents = read()
    assert [node.id_ for node in cut(documents[::-1])] == [node.id_ for node in cut(documents)]


def test_two_files_are_kept_apart(read: Read, paper: Path, tmp_path: Path) -> None:
    one = read()
    paper.write_bytes(paper.read_bytes() + b"\n")
    two = read()
    nodes = cut([*one, *two])
    assert len(nodes) == 2 * len(cut(one))
    first_of_two = next(node for node in nodes if node.ref_doc_id == two[0].id_)
    assert first_of_two.prev_node is None
    assert first_of_two.metadata["heading_path"] == "Wheat > 1 Method"


def test_documents_from_a_docstore_are_read_from_their_markdown(read: Read) -> None:
    documents = without_pages(read())
    assert {type(document) for document in documents} == {Document}
    nodes = cut(documents, chunks=SMALL)
    (shown,) = [node for node in plain(nodes) if "The table shows" in node.text]
    assert shown.metadata["heading_path"] == "Wheat > 2 Results"
    assert (shown.metadata["page_number"], shown.metadata["page_end"]) == (1, 2)
    assert any("1999\t" in node.text for node in nodes)
    assert [type(node) for node in nodes].count(IndexNode) == 1
    assert max(len(get_tokenizer()(node.get_content(MetadataMode.EMBED))) for node in nodes) <= SMALL.max_tokens
    assert {node.ref_doc_id for node in nodes} == {document.id_ for document in documents}
    assert [node.id_ for node in cut(documents, chunks=SMALL)] == [node.id_ for node in nodes]


@pytest.mark.parametrize("mode", ["block", "chunk"])
def test_blocks_and_chunks_stay_what_they_are(read: Read, mode: str) -> None:
    documents = [document for document in read(mode=mode) if document.metadata["category"] == "NarrativeText"]
    nodes = plain(cut(documents))
    assert [node.text.split() for node in nodes] == [document.text.split() for document in documents]
    assert [node.metadata["heading_path"] for node in nodes] == [each.metadata["heading_path"] for each in documents]


def test_documents_of_other_readers_are_cut_too() -> None:
    document = Document(text="# Title\n\nWords.\n\n| a | b |\n| - | - |\n| 1 | 2 |", metadata={"author": "someone"})
    nodes = cut([document], chunks=ChunkSettings(policy=ChunkPolicy.BLOCK))
    assert [node.metadata["category"] for node in plain(nodes)] == ["Title", "NarrativeText", "Table"]
    assert {node.metadata["author"] for node in nodes} == {"someone"}
    shown = plain(nodes)[1].get_content(MetadataMode.EMBED)
    assert shown.split("\n\n")[0].splitlines() == ["heading_path: Title", "author: someone"]


def test_no_documents_give_no_nodes() -> None:
    assert cut([]) == []


async def test_the_event_loop_turns_while_nodes_are_cut(read: Read) -> None:
    turned = threading.Event()

    def waiting(text: str) -> list[str]:
        assert turned.wait(patient(60))
        return text.split()

    cutting = asyncio.create_task(Ocr2NodeParser(tokenizer=waiting).aget_nodes_from_documents(read()))
    await asyncio.sleep(0)
    turned.set()
    assert [node.id_ for node in await cutting] == [node.id_ for node in cut(read(), tokenizer=words)]


def test_its_dictionary_is_json_and_stable_and_says_everything_that_changes_nodes() -> None:
    parser = Ocr2NodeParser(chunks=SMALL, figures=True, tokenizer=words)
    written = json.dumps(parser.to_dict())
    assert written == json.dumps(pickle.loads(pickle.dumps(parser)).to_dict())
    assert " at 0x" not in written
    for option in ("token_budget", "160", "figures", "table_summaries", "words", "version", "include_metadata"):
        assert option in written


def test_its_dictionary_builds_the_same_parser() -> None:
    parser = Ocr2NodeParser(chunks=SMALL, table_summaries=False)
    built = Ocr2NodeParser.from_dict(json.loads(json.dumps(parser.to_dict())))
    assert (built.chunks, built.table_summaries, built.to_dict()) == (SMALL, False, parser.to_dict())


def test_a_tokenizer_that_only_has_its_name_left_is_refused() -> None:
    written = Ocr2NodeParser(tokenizer=words).to_dict()
    with pytest.raises(ValidationError, match="hand over the callable"):
        Ocr2NodeParser.from_dict(written)


def test_a_dictionary_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError, match="version"):
        Ocr2NodeParser.from_dict({**Ocr2NodeParser().to_dict(), "version": 0})


def test_a_misspelt_option_is_refused() -> None:
    with pytest.raises(ValidationError, match="chunk_size"):
        Ocr2NodeParser(chunk_size=512)
