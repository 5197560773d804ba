"""Where the prediction for a page lies, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ocr2_loaders.bench.ground_truth import GroundTruthPage
from ocr2_loaders.bench.problem import Problem, ProblemKind


@dataclass(frozen=True, slots=True)
class PredictionFile:
    """`markdown` is None where there is no file or it cannot be read at all; `problem` says so."""

    markdown: str | None
    problem: Problem | None = None


def read_prediction(folder: Path, page: GroundTruthPage) -> PredictionFile:
    """The first of the names that tools give their pages; bytes that are no UTF-8 are replaced and named."""
    file = next((file for name in _names(page) if (file := folder / name).is_file()), None)
    if file is None:
        detail = f"no {page.stem}.md in {folder}; the page is in no average"
        return PredictionFile(None, Problem(ProblemKind.MISSING_PREDICTION, page.image_name, detail))
    try:
        content = file.read_bytes()
    except OSError as error:
        detail = f"{file.name}: {error.strerror or error}; the page is in no average"
        return PredictionFile(None, Problem(ProblemKind.UNREADABLE_PREDICTION, page.image_name, detail))
    return _decoded(content, file, page)


def _names(page: GroundTruthPage) -> tuple[str, ...]:
    without_pdf = page.stem.replace(".pdf", "")
    return f"{page.stem}.md", f"{without_pdf}.mmd", f"{without_pdf}.md", f"{page.image_name}.md"


def _decoded(content: bytes, file: Path, page: GroundTruthPage) -> PredictionFile:
    problem = None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(
            ProblemKind.UNREADABLE_PREDICTION, page.image_name, f"{file.name}: {error.reason} at {error.start}"
        )
        text = content.decode("utf-8", errors="replace")
    return PredictionFile(text.replace("\r\n", "\n").replace("\r", "\n"), problem)
