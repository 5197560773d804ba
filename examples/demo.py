"""Shows what becomes of a document: Markdown, a list of blocks, framework documents, pictures in demo-output/.

Run: make demo, or python examples/demo.py file.pdf
Needs: pip install -e ".[embedded]" -e integrations/langchain-ocr2 -e integrations/llama-index-readers-ocr2
"""

from collections.abc import Sequence
from pathlib import Path

from program import run

from langchain_ocr2 import Ocr2Loader
from llama_index.readers.ocr2 import Ocr2Reader
from rich.console import Console

import ocr2_loaders
from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders import PageResult, Pictures
from ocr2_loaders.export import MARKDOWN, listing
from ocr2_loaders.view import overlay

SAMPLE = Path(__file__).with_name("sample.pdf")
PICTURES = Path("demo-output")
console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def main(document: str | Path = SAMPLE) -> None:
    pages = list(ocr2_loaders.load(document, strict=True))
    console.print("".join(MARKDOWN.document(pages)))
    console.rule("Blocks: number, label, page, box on a grid of 0 to 999, first words")
    console.print("\n".join(map(listing, pages)))
    show_documents(document, pages)
    draw_pictures(pages)


def show_documents(document: str | Path, pages: Sequence[PageResult]) -> None:
    """The replay engine plays back what was transcribed above, so that no scanned page is recognised twice."""
    console.rule("Documents for LlamaIndex and LangChain (transcripts played back)")
    transcripts = [page.transcript for page in pages]
    for mode in ("page", "block"):
        nodes = Ocr2Reader(mode=mode, engine=ReplayEngine.from_texts(transcripts)).load_data(document)
        documents = Ocr2Loader(document, mode=mode, engine=ReplayEngine.from_texts(transcripts)).load()
        console.print(f"mode {mode!r}: {len(nodes)} LlamaIndex documents, {len(documents)} LangChain documents")
    console.print(f"\nLlamaIndex {nodes[1].id_}: {nodes[1].text!r}\n{nodes[1].metadata}")
    console.print(f"\nLangChain {documents[1].id}: {documents[1].page_content!r}\n{documents[1].metadata}")


def draw_pictures(pages: Sequence[PageResult]) -> None:
    console.rule("Pictures")
    PICTURES.mkdir(exist_ok=True)
    with Pictures() as pictures:
        for page in pages:
            path = PICTURES / f"page-{page.page_number}.png"
            overlay(page, pictures.of(page)).save(path)
            console.print(path)


if __name__ == "__main__":
    run(main)
