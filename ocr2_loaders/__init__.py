"""PDFs and images become ordered, typed blocks that RAG applications can trust.

Each name is imported when it is first used: a program that merely imports this package, as plugin hosts do, waits for
none of the libraries behind it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocr2_loaders.blocks import Block, BlockLabel, PageResult, PageStatus, Table
    from ocr2_loaders.chunks import Chunk, chunks_of
    from ocr2_loaders.errors import Ocr2Error
    from ocr2_loaders.export import pages_from_json
    from ocr2_loaders.page_facts import PageFacts
    from ocr2_loaders.pages import PageImage
    from ocr2_loaders.pipeline import Pictures, aload, figure_of, load, load_live, picture_of
    from ocr2_loaders.settings import (
        CacheSettings,
        ChunkPolicy,
        ChunkSettings,
        LoadSettings,
        PageFilterName,
        RecoverySettings,
        RecoveryWay,
        RenderSettings,
        SourceSettings,
        TranscriptionSettings,
    )
    from ocr2_loaders.structure import (
        JoinedBlock,
        StructuredBlock,
        StructuredDocument,
        StructuredPage,
        joined_blocks,
        structured_document,
        structured_pages,
    )

_HOMES = {
    "blocks": ("Block", "BlockLabel", "PageResult", "PageStatus", "Table"),
    "chunks": ("Chunk", "chunks_of"),
    "errors": ("Ocr2Error",),
    "page_facts": ("PageFacts",),
    "pages": ("PageImage",),
    "export": ("pages_from_json",),
    "pipeline": ("Pictures", "aload", "figure_of", "load", "load_live", "picture_of"),
    "settings": (
        "CacheSettings",
        "ChunkPolicy",
        "ChunkSettings",
        "LoadSettings",
        "PageFilterName",
        "RecoverySettings",
        "RecoveryWay",
        "RenderSettings",
        "SourceSettings",
        "TranscriptionSettings",
    ),
    "structure": (
        "JoinedBlock",
        "StructuredBlock",
        "StructuredDocument",
        "StructuredPage",
        "joined_blocks",
        "structured_document",
        "structured_pages",
    ),
}

__all__ = [
    "Block",
    "BlockLabel",
    "CacheSettings",
    "Chunk",
    "ChunkPolicy",
    "ChunkSettings",
    "JoinedBlock",
    "LoadSettings",
    "Ocr2Error",
    "PageFacts",
    "PageFilterName",
    "PageImage",
    "PageResult",
    "PageStatus",
    "Pictures",
    "RecoverySettings",
    "RecoveryWay",
    "RenderSettings",
    "SourceSettings",
    "StructuredBlock",
    "StructuredDocument",
    "StructuredPage",
    "Table",
    "TranscriptionSettings",
    "aload",
    "chunks_of",
    "figure_of",
    "joined_blocks",
    "load",
    "load_live",
    "pages_from_json",
    "picture_of",
    "structured_document",
    "structured_pages",
]


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            value: object = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
