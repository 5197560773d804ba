"""Packages that are there for one test: made of a few lines, or put in the place of an installed one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def module_tree(folder: Path, modules: Mapping[str, str]) -> Iterator[None]:
    """`modules` maps dotted names, all of one package, to source; they can be imported within, and only there."""
    for name, source in modules.items():
        path = folder.joinpath(*name.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    with shadowed(next(iter(modules)).split(".", maxsplit=1)[0], folder):
        yield


@contextmanager
def shadowed(package: str, folder: Path) -> Iterator[None]:
    """Within, the package is the one in that folder; afterwards whatever was imported of it before is back."""
    before = {name: sys.modules.pop(name) for name in _imported(package)}
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(folder)
            yield
    finally:
        for name in _imported(package):
            del sys.modules[name]
        sys.modules.update(before)


def _imported(package: str) -> list[str]:
    return [name for name in sys.modules if name.split(".", maxsplit=1)[0] == package]
