"""File names for outputs, from names that nobody vouches for."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_LONGEST_STEM_BYTES = 120
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def safe_stem(name: str) -> str:
    """`name` without its suffix as a file name that is harmless on any system: no path, not hidden, not reserved."""
    stem = PurePosixPath(_UNSAFE.sub("_", unicodedata.normalize("NFC", name))).stem.strip(". ")
    stem = stem.encode()[:_LONGEST_STEM_BYTES].decode(errors="ignore").rstrip(". ")
    return f"_{stem}" if not stem or _RESERVED.fullmatch(stem) else stem


class FileNames:
    """Hands out each file name once in a run, whatever the case of its letters."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unused_stem(self, name: str) -> str:
        """`safe_stem(name)`, with "-2", "-3" … behind it where an earlier source has taken it."""
        stem = wanted = safe_stem(name)
        number = 1
        while stem.casefold() in self._taken:
            number += 1
            stem = f"{wanted}-{number}"
        self._taken.add(stem.casefold())
        return stem
