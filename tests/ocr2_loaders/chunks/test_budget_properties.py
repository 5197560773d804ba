"""Whatever a document holds: no chunk is over its budget, no word is lost, none is there twice."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ocr2_loaders.blocks import Block, BlockLabel
from ocr2_loaders.chunks import Chunk, chunks_of, embedded_text, estimated_tokens
from ocr2_loaders.chunks.division import NEVER_CUT, OVER_BUDGET
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from ocr2_loaders.structure import StructuredPage, structured_pages
from tests.support.marked_pages import pages_of, spans
from tests.support.tokenizers import TokenCounter, byte_level_bpe, count_by_tiktoken, counter_of, word_pieces

COUNTERS: dict[str, TokenCounter] = {
    "tiktoken": count_by_tiktoken,
    "byte-level BPE": counter_of(byte_level_bpe()),
    "WordPiece with a start and an end": counter_of(word_pieces()),
    "the estimate": estimated_tokens,
}
WORDS = st.sampled_from(
    ["a", "word", "sentence", "End.", "Why?", "e.g.", "Übergröße", "文档被切成块。", "x" * 40, "3.14", "🎉", "$x^2$"]
)


def texts(most: int) -> st.SearchStrategy[str]:
    return st.lists(WORDS, min_size=1, max_size=most).map(" ".join)


@st.composite
def tables(draw: st.DrawFn) -> str:
    width = draw(st.integers(1, 3))
    rows = []
    for place in range(draw(st.integers(1, 6))):
        name = "th" if place == 0 and draw(st.booleans()) else "td"
        span = f' rowspan="{draw(st.integers(1, 3))}"' if draw(st.booleans()) else ""
        cells = [f"<{name}{span if column == 0 else ''}>{draw(texts(6))}</{name}>" for column in range(width)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


PARTS = st.one_of(
    st.tuples(st.just("text"), texts(60)),
    st.tuples(st.just("text"), texts(6)),
    st.tuples(st.just("sub_title"), texts(5).map("## {}".format)),
    st.tuples(st.just("sub_title"), texts(30).map("### {}".format)),
    st.tuples(st.just("table"), tables()),
    st.tuples(st.just("table_caption"), texts(12)),
    st.tuples(st.just("image"), st.just("")),
    st.tuples(st.just("code"), texts(30).map("```\n{}\n```".format)),
    st.tuples(st.just("equation"), texts(10).map(r"\[ {} \]".format)),
)
DOCUMENTS = st.lists(st.lists(PARTS, max_size=6).map(lambda parts: spans(*parts)), min_size=1, max_size=3)
few_examples = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def structured(transcripts: list[str]) -> list[StructuredPage]:
    return list(structured_pages(pages_of(*transcripts)))


def with_metadata(chunk: Chunk) -> str:
    """As a framework writes it, boxes and notes included."""
    boxes = json.dumps([box.box.as_list() for box in chunk.boxes[:1]])
    return f"page: {chunk.pages[0].page_number}\nbox: {boxes}\n{embedded_text(chunk)}"


@few_examples
@pytest.mark.parametrize("name", COUNTERS)
@given(transcripts=DOCUMENTS, max_tokens=st.integers(48, 160))
def test_the_budget_is_never_exceeded_but_by_what_is_never_cut(
    name: str, transcripts: list[str], max_tokens: int
) -> None:
    count = COUNTERS[name]
    chosen = ChunkSettings(max_tokens=max_tokens)
    found = chunks_of(structured(transcripts), chosen, count_tokens=count, embedded_text=with_metadata)
    for chunk in found:
        if OVER_BUDGET in chunk.notes:
            assert chunk.label in NEVER_CUT
            assert len(chunk.block_ids) == 1
        else:
            assert count(with_metadata(chunk)) <= max_tokens


def words_of(texts: list[str]) -> Counter[str]:
    """Characters: a word may be cut."""
    return Counter("".join("".join(text.split()) for text in texts))


def text_blocks(pages: list[StructuredPage]) -> list[Block]:
    return [each.block for page in pages for each in page.blocks if not each.is_running]


@few_examples
@pytest.mark.parametrize("policy", list(ChunkPolicy))
@given(transcripts=DOCUMENTS)
def test_every_word_reaches_the_chunks(policy: ChunkPolicy, transcripts: list[str]) -> None:
    pages = structured(transcripts)
    found = list(chunks_of(pages, ChunkSettings(policy=policy, max_tokens=64), count_tokens=count_by_tiktoken))
    blocks = text_blocks(pages)
    lost = words_of([block.text for block in blocks]) - words_of([chunk.text for chunk in found])
    # What repeats a head in a joined table goes, and so does the hyphen of a word that a page end cut.
    joined = any(each.continues_id for page in pages for each in page.blocks)
    assert not lost or joined
    assert {block.id for block in blocks if block.text} <= {each for chunk in found for each in chunk.block_ids}


@few_examples
@pytest.mark.parametrize("policy", list(ChunkPolicy))
@given(transcripts=DOCUMENTS)
def test_no_word_is_there_twice_but_in_the_heads_of_tables(policy: ChunkPolicy, transcripts: list[str]) -> None:
    pages = structured(transcripts)
    found = list(chunks_of(pages, ChunkSettings(policy=policy, max_tokens=64), count_tokens=count_by_tiktoken))
    for label in set(BlockLabel) - {BlockLabel.TABLE}:
        ids = {block.id for block in text_blocks(pages) if block.label is label}
        alone = [chunk.text for chunk in found if set(chunk.block_ids) <= ids]
        present = words_of([block.text for block in text_blocks(pages) if block.label is label])
        assert not words_of(alone) - present


@few_examples
@pytest.mark.parametrize("policy", list(ChunkPolicy))
@given(transcripts=DOCUMENTS)
@example([spans(("text", "a a a a word word word"), ("image", "")), spans(("text", "word " + "x" * 40))])
def test_chunks_know_all_their_pages_and_boxes(policy: ChunkPolicy, transcripts: list[str]) -> None:
    pages = structured(transcripts)
    blocks = {block.id: block for block in text_blocks(pages)}
    found = list(chunks_of(pages, ChunkSettings(policy=policy, max_tokens=64), count_tokens=count_by_tiktoken))
    for chunk in found:
        members = [blocks[block_id] for block_id in chunk.block_ids]
        shown = [page.page_index for page in chunk.pages]
        assert shown == sorted(set(shown))
        assert {block.page_index for block in members} <= set(shown)
        assert [(box.page_index, box.box) for box in chunk.boxes] == [
            (block.page_index, box) for block in members for box in block.boxes
        ]
    assert len({chunk.id for chunk in found}) == len(found)


@few_examples
@given(transcripts=DOCUMENTS)
def test_a_heading_stands_last_in_a_chunk_only_where_nothing_follows(transcripts: list[str]) -> None:
    pages = structured(transcripts)
    headings = {each.block.id for page in pages for each in page.blocks if each.heading_level is not None}
    found = list(chunks_of(pages, ChunkSettings(max_tokens=512), count_tokens=estimated_tokens))
    for chunk, after in pairwise(found):
        if chunk.block_ids[-1] in headings and chunk.block_ids[-1] != after.block_ids[0]:
            assert OVER_BUDGET in after.notes or estimated_tokens(chunk.text) + estimated_tokens(after.text) > 300
