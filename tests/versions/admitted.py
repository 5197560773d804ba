"""What the project requires of others, as its three pyproject.toml files say it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
INTEGRATIONS = tuple(sorted(path.parent for path in (ROOT / "integrations").glob("*/pyproject.toml")))
OURS = frozenset({"ocr2-loaders", *(folder.name for folder in INTEGRATIONS)})


@dataclass(frozen=True, slots=True, order=True)
class Admitted:
    """A package that users get with ours, and the versions of it that we say will do, such as `>=5.10.1,<6`."""

    name: str
    versions: str


def admitted(extras: Iterable[str]) -> list[Admitted]:
    """The packages of the base, of these extras and of both integrations, by name."""
    requirements = map(Requirement, _requirements(extras))
    versions: dict[str, set[str]] = {}
    for each in requirements:
        versions.setdefault(canonicalize_name(each.name), set()).update(map(str, each.specifier))
    return sorted(Admitted(name, ",".join(sorted(found))) for name, found in versions.items() if name not in OURS)


def _requirements(extras: Iterable[str]) -> Iterator[str]:
    base = _project(ROOT)
    yield from base["dependencies"]
    for extra in extras:
        yield from base["optional-dependencies"][extra]
    for folder in INTEGRATIONS:
        yield from _project(folder)["dependencies"]


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    return project
