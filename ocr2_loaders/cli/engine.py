"""The engine of a run: opened by its name, with a word on what `auto` chose to those who have not heard it yet."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from model_runtime.contract import Engine
from model_runtime.engines.registry import EngineOptions, open_engine
from model_runtime.home_path import home_path

log = logging.getLogger(__name__)


def opened_engine(name: str, options: EngineOptions) -> Engine:
    """The engine of that name. Raises: EngineUnavailable."""
    return open_engine(name, options, tell=_tell)


def _tell(engine: str, sentence: str) -> None:
    log.log(logging.WARNING if _is_news(engine) else logging.INFO, "%s", sentence)


def _is_news(engine: str) -> bool:
    """Whether this user is told for the first time. Where that cannot be kept, everything is news.

    It is kept with --no-cache too: the note is an empty file that says nothing of any document, and those who never
    keep pages would be told every time.
    """
    note = _state_folder() / f"auto-chose-{engine}"
    try:
        note.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(note, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return not note.is_file()
    except OSError:
        return True
    return True


def _state_folder() -> Path:
    """As the XDG Base Directory Specification has it; it ignores paths that are not absolute."""
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (named if named.is_absolute() else home_path("~/.local/state")) / "ocr2-loaders"
