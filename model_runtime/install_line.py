"""The command that brings an extra, for the way in which this installation was made."""

from __future__ import annotations

import json
import shlex
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

DISTRIBUTION = "ocr2-loaders"
_SOURCE_TREE = Path(__file__).parents[1]


def install_line(*extras: str) -> str:
    """`pip install …` for these extras, from where this installation came: a clone, a git URL, a file, or an index."""
    return f"pip install {requirement(_origin(), extras)}"


def requirement(origin: dict[str, Any], extras: tuple[str, ...]) -> str:
    """What to give pip; `origin` is a record of PEP 610, empty for what came from an index. Quoted for a shell."""
    wanted = f"[{','.join(extras)}]"
    url = str(origin.get("url", ""))
    if "dir_info" in origin:
        option = "-e " if origin["dir_info"].get("editable") else ""
        return option + shlex.quote(url2pathname(urlsplit(url).path) + wanted)
    if "vcs_info" in origin:
        url = f"{origin['vcs_info']['vcs']}+{url}@{origin['vcs_info']['commit_id']}"
    return shlex.quote(f"{DISTRIBUTION}{wanted} @ {url}" if url else f"{DISTRIBUTION}{wanted}")


def _origin() -> dict[str, Any]:
    """Where the distribution came from. A source tree that was never installed counts as a clone to be installed."""
    installed = _installed()
    if installed is not None:
        record: dict[str, Any] = json.loads(installed.read_text("direct_url.json") or "{}")
        return record
    if (_SOURCE_TREE / "pyproject.toml").is_file():
        return {"url": _SOURCE_TREE.as_uri(), "dir_info": {"editable": True}}
    return {}


def _installed() -> Distribution | None:
    try:
        return distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return None
