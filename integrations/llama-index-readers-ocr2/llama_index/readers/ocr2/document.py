"""A document that has its pages with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from llama_index.core.bridge.pydantic import ConfigDict, Field, WithJsonSchema
from llama_index.core.schema import Document

if TYPE_CHECKING:
    from ocr2_loaders.blocks import PageResult
    from ocr2_loaders.export.flat_document import FlatDocument

    Pages: TypeAlias = tuple[PageResult, ...]
else:
    # Nothing to validate, and nothing to import before there are pages.
    Pages: TypeAlias = tuple


class Ocr2Document(Document):
    """A LlamaIndex document with the pages that it was made of, blocks, boxes and all, for `Ocr2NodeParser`.

    The pages are no part of the metadata, the hash and `to_dict`, but travel to other processes. A docstore gives back
    a plain `Document` without them. `made_metadata` is the metadata before anybody added to it.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    pages: Annotated[Pages, WithJsonSchema({"type": "array"})] = Field(
        default=(), exclude=True, repr=False, description="The pages that this document was made of."
    )
    made_metadata: dict[str, Any] = Field(
        default_factory=dict, exclude=True, repr=False, description="The metadata as the reader made it."
    )


def document_of(flat: FlatDocument, extra_info: dict[str, Any]) -> Ocr2Document:
    """`extra_info` wins over metadata of the same name."""
    from ocr2_loaders.export.metadata import BOOKKEEPING_KEYS

    fields: dict[str, Any] = {
        "id_": flat.id,
        "text": flat.text,
        "metadata": {**flat.metadata, **extra_info},
        "excluded_embed_metadata_keys": list(BOOKKEEPING_KEYS),
        "excluded_llm_metadata_keys": list(BOOKKEEPING_KEYS),
        "pages": flat.pages,
        "made_metadata": dict(flat.metadata),
    }
    return Ocr2Document(**fields)
