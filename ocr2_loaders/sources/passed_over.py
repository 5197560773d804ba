"""Files below a directory or a glob that are no documents: passed over, and told of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TypeAlias

from ocr2_loaders.errors import EmptyDocument, Ocr2Error, SourceNotRegular

_SUFFIX = re.compile(r"\.[A-Za-z0-9_+~-]{1,12}")


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file that was found where documents were looked for and is none that can be read.

    `error` says what it is, and what would make it readable; a `DecoderUnavailable` names the package that would.
    """

    name: str
    uri: str
    error: Ocr2Error

    @property
    def kind(self) -> str:
        """A word or two to count by: the suffix of the name, where it has one."""
        if isinstance(self.error, EmptyDocument):
            return "empty"
        if isinstance(self.error, SourceNotRegular):
            return "no regular file"
        suffix = PurePath(self.name).suffix
        return suffix.lower() if _SUFFIX.fullmatch(suffix) else "without a suffix"


Listener: TypeAlias = Callable[[PassedOver], object]
"""Is called with each file that is passed over, when it is, in the thread that reads the sources."""
