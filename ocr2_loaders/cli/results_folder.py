"""The folder of results among the inputs: what a run wrote is no input of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from model_runtime.home_path import home_path
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.sources import FailedSource
from ocr2_loaders.sources.directory import has_magic, path_entries


def left_out(inputs: Sequence[str], output: Path | None) -> tuple[Path, ...]:
    """What is not looked into when a folder above it is walked; documents that are passed over by this are told of.

    A folder that one works in is not left out: it is where results go by default, and mostly one of documents.
    """
    if output is None or not output.is_dir() or _is_same(output, Path.cwd()):
        return ()
    if any(_is_above(folder, output) for folder in map(_walked, inputs) if folder) and _holds_documents(output):
        stderr.print(
            f"{output} is where results go, so documents in it are not read; name it as an input to have them read"
        )
    return (output,)


def without_results(inputs: Sequence[str], output: Path | None) -> list[str]:
    """The inputs without the folder of results, which a shell puts among them for a "*", unless documents are in it."""
    if output is None or len(inputs) == 1 or not output.is_dir():
        return [*inputs]
    is_empty = not _holds_documents(output)
    return [each for each in inputs if not (is_empty and _is_same(home_path(each), output))]


def _walked(given: str) -> Path | None:
    """The folder that is walked for an input; None for files, URLs and what else is none."""
    path = home_path(given)
    fixed = [*path.parts]
    while any(map(has_magic, fixed)):
        fixed.pop()
    folder = Path(*fixed)
    return folder if "://" not in given and folder.is_dir() else None


def _is_above(folder: Path, output: Path) -> bool:
    return folder.resolve() in output.resolve().parents


def _is_same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


def _holds_documents(folder: Path) -> bool:
    return not isinstance(next(path_entries(folder)), FailedSource)
