"""What a document's pages say together: outline, captions, running headers and footers, joins across pages."""

from ocr2_loaders.structure.structured_block import StructuredBlock
from ocr2_loaders.structure.structured_page import StructuredDocument, StructuredPage

__all__ = ["StructuredBlock", "StructuredDocument", "StructuredPage"]
