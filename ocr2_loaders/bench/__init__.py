"""OmniDocBench v1.5: transcribing its pages, scoring the predictions, reporting the figures."""

from ocr2_loaders.bench.dataset import Dataset, load_dataset
from ocr2_loaders.bench.edit_distance import EditDistance, edit_distance
from ocr2_loaders.bench.page_score import Metric, PageScore
from ocr2_loaders.bench.problem import Problem, ProblemKind
from ocr2_loaders.bench.report import BenchReport, Figure
from ocr2_loaders.bench.run import transcribe
from ocr2_loaders.bench.score import score
from ocr2_loaders.bench.settings import ScoreSettings

__all__ = [
    "BenchReport",
    "Dataset",
    "EditDistance",
    "Figure",
    "Metric",
    "PageScore",
    "Problem",
    "ProblemKind",
    "ScoreSettings",
    "edit_distance",
    "load_dataset",
    "score",
    "transcribe",
]
