"""Ids that follow from content: the same bytes give the same ids on any machine, in any order, at any time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid5

SCHEMA_VERSION = 1
"""Raised when the same page would get other blocks or other ids than before."""

_NAMESPACE = UUID("5b0b8a0e-6d2c-5d8e-9a53-0c2f0d9a7e21")


def document_id(file_sha256: str) -> str:
    return _id(file_sha256)


def page_id(file_sha256: str, page_index: int) -> str:
    return _id(file_sha256, f"page:{page_index}")


def block_id(file_sha256: str, page_index: int, position: int) -> str:
    """`position` is the block's place in the reading order of its page, from 0."""
    return _id(file_sha256, f"page:{page_index}", f"block:{position}")


def chunk_id(file_sha256: str, policy: str, part_ids: Sequence[str], number: int = 0) -> str:
    """`part_ids` are the ids of its blocks, or of its page; `number` tells chunks of the same parts apart, from 0."""
    return _id(file_sha256, f"chunk:{policy}", *part_ids, f"number:{number}")


def _id(*parts: str) -> str:
    return str(uuid5(_NAMESPACE, "/".join((f"v{SCHEMA_VERSION}", *parts))))
