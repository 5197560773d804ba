"""Shows what becomes of a document: Markdown, a list of blocks, framework documents and pictures with boxes.

Run: make demo, or python examples/demo.py [file.pdf], sample.pdf by default. The pictures go to demo-output/.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from langchain_ocr2 import Ocr2Loader
from llama_index.readers.ocr2 import Ocr2Reader
from rich.console import Console

import ocr2_loaders
from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders import PageResult
from ocr2_loaders.export import MARKDOWN, listing
from ocr2_loaders.pictures import Pictures
from ocr2_loaders.view import overlay

SAMPLE = Path(__file__).with_name("sample.pdf")
PICTURES = Path("demo-output")

console = Console(highlight=False, markup=False, soft_wrap=True)


def main() -> None:
    document = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
    pages = list(ocr2_loaders.load(document))
    console.rule("Markdown")
    console.print("".join(MARKDOWN.document(pages)))
    console.rule("Blocks: number, label, page, box on a grid of 0 to 999, first words")
    console.print("\n".join(map(listing, pages)))
    show_documents(document, pages)
    draw_pictures(pages)


def show_documents(document: Path, pages: Sequence[PageResult]) -> None:
    """Both frameworks read the whole file; a replay engine saves them from recognising the scanned page anew."""
    console.rule("Documents for LlamaIndex and LangChain, from the transcripts of the first run")
    transcripts = [page.transcript for page in pages]
    for mode in ("page", "block"):
        for_llama_index = Ocr2Reader(mode=mode, engine=ReplayEngine.from_texts(transcripts)).load_data(document)
        for_langchain = Ocr2Loader(document, mode=mode, engine=ReplayEngine.from_texts(transcripts)).load()
        console.print(f"mode {mode!r}: {len(for_llama_index)} for LlamaIndex, {len(for_langchain)} for LangChain")
    console.print(f"\nfrom LlamaIndex: {for_llama_index[1]!r}\n\nfrom LangChain: {for_langchain[1]!r}")


def draw_pictures(pages: Sequence[PageResult]) -> None:
    console.rule("Pictures")
    PICTURES.mkdir(exist_ok=True)
    with Pictures() as pictures:
        for page in pages:
            path = PICTURES / f"page-{page.page_number}.png"
            overlay(page, pictures.of(page)).save(path)
            console.print(path)


if __name__ == "__main__":
    main()
