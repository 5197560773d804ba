"""One single thing that was asked for and not opened yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.source import Source


@dataclass(frozen=True, slots=True)
class Candidate:
    """What will be one `Source` or one `FailedSource`, under this name."""

    name: str
    uri: str
    opened: Opener


Opener: TypeAlias = Callable[[Candidate, SourceSettings], Source]
"""Opens a candidate; raises an `Ocr2Error` where it cannot be had."""
