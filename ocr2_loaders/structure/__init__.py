"""What a document's pages say together: outline, captions, running headers and footers, joins across pages."""

from ocr2_loaders.structure.joined import JoinedBlock, Joiner, joined_blocks
from ocr2_loaders.structure.streaming import structured_document, structured_pages
from ocr2_loaders.structure.structured_block import StructuredBlock
from ocr2_loaders.structure.structured_page import StructuredDocument, StructuredPage

__all__ = [
    "JoinedBlock",
    "Joiner",
    "StructuredBlock",
    "StructuredDocument",
    "StructuredPage",
    "joined_blocks",
    "structured_document",
    "structured_pages",
]
