"""PDFs and images become ordered, typed blocks that RAG applications can trust."""

from ocr2_loaders.blocks import Block, BlockLabel, PageResult, PageStatus, Table
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.pictures import Pictures, figure_of, picture_of
from ocr2_loaders.pipeline import load
from ocr2_loaders.settings import (
    CacheSettings,
    LoadSettings,
    RecoverySettings,
    RecoveryWay,
    RenderSettings,
    SourceSettings,
    TranscriptionSettings,
)

__all__ = [
    "Block",
    "BlockLabel",
    "CacheSettings",
    "LoadSettings",
    "Ocr2Error",
    "PageResult",
    "PageStatus",
    "Pictures",
    "RecoverySettings",
    "RecoveryWay",
    "RenderSettings",
    "SourceSettings",
    "Table",
    "TranscriptionSettings",
    "figure_of",
    "load",
    "picture_of",
]
