"""Paths, bytes, streams and URLs → sources: local files of a known kind, or the reason why there is none."""

from ocr2_loaders.sources.inputs import BinaryReader, SourceInput, SourceInputs
from ocr2_loaders.sources.opened import opened_sources
from ocr2_loaders.sources.passed_over import PassedOver
from ocr2_loaders.sources.source import FailedSource, FileType, Source

__all__ = [
    "BinaryReader",
    "FailedSource",
    "FileType",
    "PassedOver",
    "Source",
    "SourceInput",
    "SourceInputs",
    "opened_sources",
]
