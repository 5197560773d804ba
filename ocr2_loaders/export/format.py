"""What a document format is: a file suffix, and writers that turn the pages of one source into bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from ocr2_loaders.structure import StructuredPage


@dataclass(frozen=True, slots=True)
class Figure:
    """The picture of a block that was saved beside the document. `link` leads there from the document, as a URL."""

    path: Path
    link: str


Figures = Mapping[str, Figure]
"""By the block's id."""

NO_FIGURES: Figures = MappingProxyType({})
"""For documents whose figures were not saved."""


class DocumentWriter(Protocol):
    """Writes one document. Pages come in order, each with those of its figures that were saved."""

    def add(self, page: StructuredPage, figures: Figures = NO_FIGURES) -> bytes:
        """Takes the next page, and gives what can be written by now; nothing where the format needs all pages first."""
        ...

    def finish(self) -> bytes:
        """The rest of the document."""
        ...


class Format(Protocol):
    """A kind of document that pages can become."""

    @property
    def suffix(self) -> str:
        """Of the file, with its dot."""
        ...

    @property
    def is_text(self) -> bool:
        """Whether documents are text, one after the other on a terminal or in a pipe."""
        ...

    def writer(self) -> DocumentWriter:
        """A writer for one document. Raises: OutputError when a package is missing."""
        ...
