"""The keys under which LangChain's `index` keeps documents."""

from __future__ import annotations

from uuid import UUID, uuid5

from langchain_core.documents import Document

_NAMESPACE = UUID("0d6f3f0e-55d1-5c0e-8f6b-7b1d3c9f4a02")


def ocr2_key_encoder(document: Document) -> str:
    """A document's own id, for `index(..., key_encoder=ocr2_key_encoder)`: a second run then writes nothing.

    A document with a page that failed has another key than the same document once the page could be read: so the good
    one is written by a later run, and `cleanup` takes the first one away. The pieces of a text splitter, which drops
    ids, get keys that follow from where they come from and what they say. All keys are UUIDs.
    """
    if document.id is None:
        file = document.metadata.get("file_sha256") or document.metadata.get("source")
        place = (file, document.metadata.get("page"), document.metadata.get("element_id"))
        return str(uuid5(_NAMESPACE, "/".join(map(str, (*place, document.page_content)))))
    if document.metadata.get("page_status") == "failed":
        return str(uuid5(_NAMESPACE, f"{document.id}/failed"))
    return document.id
