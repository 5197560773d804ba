"""The transcription half of a benchmark run: page images in, one Markdown file a page out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from model_runtime.contract import Engine
from ocr2_loaders.bench.dataset import Dataset
from ocr2_loaders.bench.ground_truth import GroundTruthPage
from ocr2_loaders.bench.problem import Problem, ProblemKind
from ocr2_loaders.blocks import PageResult
from ocr2_loaders.errors import OutputError
from ocr2_loaders.pipeline import load
from ocr2_loaders.settings import LoadSettings

_DEFAULTS = LoadSettings()


def transcribe(
    dataset: Dataset,
    folder: Path,
    engine: str | Engine,
    *,
    settings: LoadSettings = _DEFAULTS,
    on_page: Callable[[PageResult], None] | None = None,
) -> tuple[Problem, ...]:
    """Write the Markdown of every page that has none in `folder` yet, and say which pages could not be had.

    A file bears its name only once it is whole, so a run that was cut off goes on where it stopped. `on_page` is called
    with each page as it is written.

    Raises: EngineUnavailable, OutputError.
    """
    _make_folder(folder)
    problems: list[Problem] = []
    wanted = _wanted(dataset, folder, problems)
    if wanted:  # an engine is not started for nothing
        for result in load([dataset.images / name for name in wanted], settings=settings, engine=engine):
            problems += _kept(result, wanted[result.source.name], folder)
            if on_page:
                on_page(result)
    return tuple(problems)


def missing_predictions(dataset: Dataset, folder: Path) -> tuple[GroundTruthPage, ...]:
    """The pages that `transcribe` would transcribe."""
    return tuple(page for page in dataset.pages if not (folder / f"{page.stem}.md").is_file())


def _wanted(dataset: Dataset, folder: Path, problems: list[Problem]) -> dict[str, GroundTruthPage]:
    wanted = {}
    for page in missing_predictions(dataset, folder):
        if (dataset.images / page.image_name).is_file():
            wanted[page.image_name] = page
        else:
            problems.append(Problem(ProblemKind.FAILED_PAGE, page.image_name, f"no such image in {dataset.images}"))
    return wanted


def _kept(result: PageResult, page: GroundTruthPage, folder: Path) -> list[Problem]:
    """A page that failed leaves no file behind, so the next run tries it again."""
    if result.error is not None:
        return [Problem(ProblemKind.FAILED_PAGE, page.image_name, str(result.error))]
    if result.page_index:
        return [Problem(ProblemKind.FAILED_PAGE, page.image_name, "the image file holds more than one picture")]
    _write_whole(folder / f"{page.stem}.md", result.markdown)
    return []


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make {folder}: {error.strerror or error}") from error


def _write_whole(path: Path, markdown: str) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(markdown, encoding="utf-8", errors="replace", newline="")
        part.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
