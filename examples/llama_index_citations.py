"""Answers a question from a folder of documents with LlamaIndex and saves the place it was found as citation.png.

Run: python examples/llama_index_citations.py folder "Who had promised to mend the roof?"
Needs: pip install -e ".[embedded]" -e integrations/llama-index-readers-ocr2 (in the clone)
"""

from __future__ import annotations

from pathlib import Path

from program import run

from hashing_embedding import embedded
from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.embeddings import BaseEmbedding
from llama_index.core.schema import TextNode
from llama_index.readers.ocr2 import Ocr2NodeParser, Ocr2Reader
from PIL import Image

from model_runtime.box import BoundingBox
from ocr2_loaders import PageResult, picture_of
from ocr2_loaders.settings import ChunkSettings

SUFFIXES = (".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff")
CITATION = Path("citation.png")
_MARGIN_PX = 12


class LocalEmbedding(BaseEmbedding):
    """Stands where your embedding model will stand."""

    def _get_text_embedding(self, text: str) -> list[float]:
        return embedded(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        return embedded(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return embedded(query)


def main(folder: str, question: str) -> None:
    reader = Ocr2Reader()
    documents = SimpleDirectoryReader(folder, file_extractor=dict.fromkeys(SUFFIXES, reader)).load_data()
    pages = {(page.source.identity, page.page_index): page for document in documents for page in document.pages}
    nodes = Ocr2NodeParser(chunks=ChunkSettings(max_tokens=256)).get_nodes_from_documents(documents)
    index = VectorStoreIndex(nodes, embed_model=LocalEmbedding())
    found = index.as_retriever(similarity_top_k=1).retrieve(question)[0].node
    facts = found.metadata
    print(f"{question}\n\n{found.text}\n")
    crop_of(found, pages[facts["file_sha256"], facts["page"]]).save(CITATION)
    heading = facts.get("heading_path", "no heading")
    print(f"{facts['file_name']}, page {facts['page_label']}, {heading}: see {CITATION}")


def crop_of(node: TextNode, page: PageResult) -> Image.Image:
    """The part of the page that the node was read from, the whole page where that is not known."""
    picture = Image.fromarray(picture_of(page))
    if "bbox_x0" not in node.metadata:
        return picture
    box = BoundingBox(*(node.metadata[f"bbox_{corner}"] for corner in ("x0", "y0", "x1", "y1")))
    left, top, right, bottom = box.in_pixels(picture.width, picture.height)
    return picture.crop((max(0, left - _MARGIN_PX), max(0, top - _MARGIN_PX), right + _MARGIN_PX, bottom + _MARGIN_PX))


if __name__ == "__main__":
    run(main)
