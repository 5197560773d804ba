"""Where in their document's text nodes stand."""

from __future__ import annotations

from llama_index.core.schema import BaseNode, MetadataMode, TextNode


class Offsets:
    """Finds nodes in their documents, in reading order, so that words that come twice are found where they stand."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._ends: dict[str, int] = {}

    def mark(self, node: TextNode, document: BaseNode) -> None:
        """Set the node's character offsets, where its text stands in the document's text letter for letter."""
        text = self._texts.setdefault(document.node_id, document.get_content(MetadataMode.NONE))
        start = text.find(node.text, self._ends.get(document.node_id, 0)) if node.text else -1
        if start >= 0:
            node.start_char_idx, node.end_char_idx = start, start + len(node.text)
            self._ends[document.node_id] = node.end_char_idx
