"""The form that a document gives to its nodes: metadata, what of it is embedded, and the templates around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_index.core.schema import BaseNode, Document, MetadataMode, RelatedNodeInfo, TextNode
from llama_index.readers.ocr2.document import Ocr2Document
from llama_index.readers.ocr2.source_file import SourceFile, SourcePage

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.export.metadata import BOOKKEEPING_KEYS, KEYS

_OF_THE_PART = (
    "page_end",
    "category",
    "block_type",
    "element_id",
    "parent_id",
    "heading_path",
    "caption",
    "text_as_html",
    "notes",
)
"""What is known of a part whose page was read from Markdown; everything else its document knows better."""

_MISSING = object()


class NodeForms:
    """The forms of all documents of a file."""

    def __init__(self, file: SourceFile, *, include_metadata: bool) -> None:
        self._pages = file.pages
        self._include_metadata = include_metadata
        self._forms: dict[str, NodeForm] = {}

    def of(self, page: PageResult) -> NodeForm:
        source_page = self._pages[page.page_index]
        document_id = source_page.document.node_id
        if document_id not in self._forms:
            self._forms[document_id] = NodeForm(source_page, include_metadata=self._include_metadata)
        return self._forms[document_id]


class NodeForm:
    """Makes the nodes of one document alike, and says what of a node will be embedded."""

    def __init__(self, page: SourcePage, *, include_metadata: bool) -> None:
        document = page.document
        self._document = document
        self._is_read = page.is_read
        self._include_metadata = include_metadata
        self._form = {
            "excluded_embed_metadata_keys": _excluded(document, document.excluded_embed_metadata_keys),
            "excluded_llm_metadata_keys": _excluded(document, document.excluded_llm_metadata_keys),
            "metadata_template": document.metadata_template,
            "metadata_separator": document.metadata_separator,
            **({"text_template": document.text_template} if isinstance(document, Document | TextNode) else {}),
        }
        self._sample = TextNode(**self.fields("", {}))
        self.source: RelatedNodeInfo = document.source_node or document.as_related_node_info()

    @property
    def document(self) -> BaseNode:
        return self._document

    def fields(self, text: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What every kind of node of this document is built with."""
        form = {key: list(value) if isinstance(value, list) else value for key, value in self._form.items()}
        return {**form, "text": text, "metadata": dict(metadata)}

    def embedded_text(self, text: str, metadata: Mapping[str, Any]) -> str:
        """Everything that is embedded of a node with this text and metadata."""
        self._sample.metadata = dict(metadata)
        self._sample.text = text
        return self._sample.get_content(MetadataMode.EMBED)

    def metadata(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """The metadata that was made for a node, with what was added to its document's, or taken from it, since."""
        if not self._include_metadata:
            return {}
        if self._is_read:
            return _ordered({**self._document.metadata, **{key: made[key] for key in _OF_THE_PART if key in made}})
        return _ordered({**made, **self._added(), **dict.fromkeys(self._taken(), _MISSING)})

    def _added(self) -> dict[str, Any]:
        now, before = self._document.metadata, self._made_metadata
        return {key: value for key, value in now.items() if before.get(key, _MISSING) != value}

    def _taken(self) -> set[str]:
        return self._made_metadata.keys() - self._document.metadata.keys()

    @property
    def _made_metadata(self) -> dict[str, Any]:
        return self._document.made_metadata if isinstance(self._document, Ocr2Document) else {}


def _excluded(document: BaseNode, keys: list[str]) -> list[str]:
    """The document's own list; where it never heard of our keys, they are added."""
    if "schema_version" in document.metadata:
        return keys
    return [*keys, *(key for key in BOOKKEEPING_KEYS if key not in keys)]


def _ordered(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """One order for all, because the hash depends on it: ours, then what was added, as it came."""
    keys = (*(key for key in KEYS if key in metadata), *(key for key in metadata if key not in KEYS))
    return {key: metadata[key] for key in keys if metadata[key] is not _MISSING}
