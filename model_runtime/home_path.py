"""Paths as their users write them: with "~" for a home folder, which only a shell replaces, and not everywhere."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path


def home_path(path: str | PathLike[str]) -> Path:
    """The path with "~" or "~user" in front replaced; as it is where something has that very name, or no such user is.

    "./~" names a thing called "~" in any case. Unlike `Path.expanduser`, this raises nothing.
    """
    text = os.fspath(path)
    if not text.startswith("~") or os.path.lexists(text):
        return Path(text)
    return Path(os.path.expanduser(text))  # noqa: PTH111 - see above
