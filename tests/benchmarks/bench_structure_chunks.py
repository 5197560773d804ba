"""How long a document of 500 pages takes to become structure and chunks, beside LlamaIndex's splitters on its Markdown.

python tests/benchmarks/bench_structure_chunks.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from llama_index.core import Document
from llama_index.core.node_parser import MarkdownNodeParser, SentenceSplitter

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.chunks import chunks_of, embedded_text, estimated_tokens
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from ocr2_loaders.structure import structured_document, structured_pages
from tests.support.marked_pages import pages_of
from tests.support.tokenizers import byte_level_bpe, counter_of
from tests.support.transcripts import all_transcripts

NUM_PAGES = 500
BAR_MS = 2.0


def main() -> None:
    pages = pages_of(*islice(cycle(all_transcripts().values()), NUM_PAGES))
    text = "\n\n".join(page.markdown for page in pages)
    print(f"{NUM_PAGES} pages, {len(text):,} characters of Markdown")
    print(f"milliseconds of processor time a page, best of 3 (bar: {BAR_MS:.0f})\n")
    document_ms = timed("structure, whole document", lambda: structured_document(pages).pages)
    streaming_ms = timed("structure, streaming", lambda: list(structured_pages(pages)))
    for policy in ChunkPolicy:
        timed(f"structure and chunks by {policy}", lambda policy=policy: ours(pages, policy, estimated_tokens))
    counter = counter_of(byte_level_bpe(8000))
    exact_ms = timed("the same with a tokenizer", lambda: ours(pages, ChunkPolicy.BUDGET, counter))
    document = Document(text=text)
    headings_ms = timed("LlamaIndex MarkdownNodeParser", lambda: MarkdownNodeParser()([document]))
    splitter = SentenceSplitter(
        chunk_size=512, chunk_overlap=0, tokenizer=lambda text: byte_level_bpe(8000).encode(text).ids
    )
    splitter_ms = timed("LlamaIndex SentenceSplitter, same tokenizer", lambda: splitter([document]))
    print(f"\nours with a tokenizer / SentenceSplitter: {exact_ms / splitter_ms:.2f}")
    print(f"whole document / streaming: {document_ms / streaming_ms:.2f}; MarkdownNodeParser: {headings_ms:.2f} ms")
    sizes(pages)


def ours(pages: list[PageResult], policy: ChunkPolicy, count: Callable[[str], int]) -> list[object]:
    return list(chunks_of(structured_pages(pages), ChunkSettings(policy=policy), count_tokens=count))


def sizes(pages: list[PageResult]) -> None:
    counts = [estimated_tokens(embedded_text(chunk)) for chunk in chunks_of(structured_pages(pages))]
    print(f"{len(counts)} chunks of {sum(counts) / len(counts):.0f} estimated tokens on average, {max(counts)} at most")


def timed(name: str, task: Callable[[], object]) -> float:
    times = []
    result: object = None
    for _ in range(3):
        start = time.process_time()
        result = task()
        times.append(time.process_time() - start)
    per_page = min(times) * 1000 / NUM_PAGES
    print(f"{per_page:7.2f}  {name}: {len(result)} pieces")  # type: ignore[arg-type]  # every task gives a sequence
    return per_page


if __name__ == "__main__":
    main()
