"""The ground truth of a whole run: one JSON list of pages, read as far as it can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from ocr2_loaders.bench.ground_truth import GroundTruthPage, first_error, page_from_json
from ocr2_loaders.bench.problem import Problem, ProblemKind
from ocr2_loaders.errors import SelectionError, SourceNotFound, SourceUnreadable

_IMAGE_FOLDERS = ("images", ".")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Dataset:
    """`path` is the JSON file; `problems` names what of it could not be read."""

    path: Path
    pages: tuple[GroundTruthPage, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def images(self) -> Path:
        """The folder of the page images: `images` beside the JSON file, or the file's own folder."""
        folders = (self.path.parent / name for name in _IMAGE_FOLDERS)
        return next(folder for folder in folders if folder.is_dir())

    def selected(self, filters: Mapping[str, str], limit: int | None = None) -> Dataset:
        """The first `limit` pages whose attributes have all the given values.

        Raises: SelectionError when no page has an attribute of the given name.
        """
        for name in filters:
            if not any(name in page.attributes for page in self.pages):
                names = sorted({each for page in self.pages for each in page.attributes})
                raise SelectionError(
                    f"no page of {self.path.name} has an attribute {name!r}", hint=f"there are: {', '.join(names)}"
                )
        chosen = tuple(page for page in self.pages if _has_all(page, filters))
        return replace(self, pages=chosen[:limit])


def _has_all(page: GroundTruthPage, filters: Mapping[str, str]) -> bool:
    """Values are compared as they are written, `true` and `false` in any case."""
    return all(_written(page.attributes.get(name)) == _written(value) for name, value in filters.items())


def _written(value: object) -> str:
    return str(value).lower() if str(value).lower() in {"true", "false"} else str(value)


def load_dataset(path: Path) -> Dataset:
    """The pages of a JSON file, or of the one JSON file in a folder.

    Raises: SourceNotFound, SourceUnreadable when there is no such file to read at all; damage inside of it is named in
    `Dataset.problems`.
    """
    file = _json_file(path)
    pages: list[GroundTruthPage] = []
    problems: list[Problem] = []
    for number, entry in enumerate(_entries(_text(file), file.name, problems), start=1):
        try:
            page, of_page = page_from_json(entry)
        except ValidationError as error:
            detail = f"page entry {number} is left out: {first_error(error)}"
            problems.append(Problem(ProblemKind.DAMAGED_DATASET, file.name, detail))
        else:
            pages.append(page)
            problems += of_page
    return Dataset(file, tuple(pages), tuple(problems))


def _json_file(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise SourceNotFound(f"no ground truth at {path}", source=str(path))
    files = sorted(path.glob("*.json"))
    preferred = [file for file in files if file.name.startswith("OmniDocBench")] or files
    if len(preferred) != 1:
        found = ", ".join(file.name for file in files) or "none"
        raise SourceNotFound(
            f"one JSON file of ground truth was expected in {path}, found: {found}", hint="name the file"
        )
    return preferred[0]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise SourceUnreadable(f"cannot read {file}: {error.strerror or error}", source=str(file)) from error


def _entries(text: str, name: str, problems: list[Problem]) -> Iterator[object]:
    """The entries of a JSON list one by one, so that damage costs only what stands behind it."""
    position = _behind_spaces(text, 0)
    if text[position : position + 1] != "[":
        problems.append(Problem(ProblemKind.DAMAGED_DATASET, name, "the file holds no JSON list of pages"))
        return
    position = _behind_spaces(text, position + 1)
    while text[position : position + 1] != "]":
        try:
            entry, position = _DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            detail = f"the JSON cannot be read on from here, what follows is left out: {error}"
            problems.append(Problem(ProblemKind.DAMAGED_DATASET, name, detail))
            return
        yield entry
        position = _behind_spaces(text, position)
        if text[position : position + 1] == ",":
            position = _behind_spaces(text, position + 1)


def _behind_spaces(text: str, position: int) -> int:
    while text[position : position + 1].isspace():
        position += 1
    return position
