"""What engines are opened with, as one value: each engine takes what concerns it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """The choices of whoever runs an engine by its name; everything else an engine decides for itself."""

    model: str | None = None
    """A folder, or an id on the model hub; None for the published model. For the engines that run the model.

    For the endpoint engine, the name under which the server serves it.
    """
    revision: str | None = None
    """The commit, tag or branch of a model from the hub."""
    base_urls: tuple[str, ...] = ()
    """Of OpenAI-compatible servers of one model, for the endpoint engine."""
    transcripts: Path | None = None
    """What the replay engine plays."""
    max_tokens: int | None = None
    """The longest transcript of a page; None leaves it to the engine. For the engines that run the model, and the
    endpoint engine."""
