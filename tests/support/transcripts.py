"""Recorded transcripts: those of our own writing, and real ones where a checkout has them beside it."""

from __future__ import annotations

from pathlib import Path

_TESTS = Path(__file__).parents[1]
OUR_OWN = _TESTS / "data" / "transcripts"
REAL = _TESTS.parents[1] / "shared" / "data" / "transcripts"


def transcript(name: str) -> str:
    """One of our own, with its line ends as they are."""
    return _read(OUR_OWN / f"{name}.mmd")


def all_transcripts() -> dict[str, str]:
    """Every transcript at hand, by name."""
    return {path.stem: _read(path) for folder in (OUR_OWN, REAL) for path in sorted(folder.glob("*.mmd"))}


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()
