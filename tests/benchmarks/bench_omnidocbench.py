"""How long scoring takes, CDM aside: the demo pages of OmniDocBench, repeated up to the size of the whole set.

python tests/benchmarks/bench_omnidocbench.py FOLDER [--predictions DIR] [--pages 1355] [--workers 2]

FOLDER holds the demo's ground truth in JSON. Without --predictions its own blocks are the prediction.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[2]))

from ocr2_loaders.bench import BenchReport, Dataset, ScoreSettings, load_dataset, score
from ocr2_loaders.bench.prediction_file import read_prediction
from tests.support.benchmark_pages import write_predictions

ALLOWED_S = 300.0


def repeated(dataset: Dataset, predictions: Path, num_pages: int, folder: Path) -> Dataset:
    """The same pages under new names, with their predictions in `folder`."""
    pages = []
    for number, page in enumerate(islice(cycle(dataset.pages), num_pages)):
        copy = replace(page, image_name=f"{number}_{page.image_name}")
        (folder / f"{copy.stem}.md").write_text(read_prediction(predictions, page).markdown or "", encoding="utf-8")
        pages.append(copy)
    return replace(dataset, pages=tuple(pages))


def report(result: BenchReport, settings: ScoreSettings, read_s: float) -> None:
    seconds = result.seconds
    print(f"{len(result.pages)} pages, {settings.num_workers} processes")
    print(f"{'read the ground truth':28}{read_s:9.1f} s")
    print(f"{'matching, all processes':28}{seconds.matching:9.1f} s")
    print(f"{'TEDS, all processes':28}{seconds.teds:9.1f} s")
    print(
        f"{'elapsed':28}{seconds.elapsed:9.1f} s   allowed {ALLOWED_S:.0f} s, ratio {seconds.elapsed / ALLOWED_S:.3f}"
    )
    slowest = max(result.pages, key=lambda page: page.matching_s + page.teds_s)
    print(f"{'slowest page':28}{slowest.matching_s + slowest.teds_s:9.1f} s   {slowest.image_name}")
    print(f"{'problems':28}{len(result.problems):9}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--pages", type=int, default=1355)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    settings = ScoreSettings(num_workers=options.workers, with_cdm=False)
    begun = time.perf_counter()
    dataset = load_dataset(options.dataset)
    read_s = time.perf_counter() - begun
    with TemporaryDirectory() as folder:
        own = options.predictions or write_predictions(Path(folder) / "own", dataset.pages)
        many = Path(folder) / "many"
        many.mkdir()
        pages = repeated(dataset, own, options.pages, many)
        report(score(pages, many, settings), settings, read_s)


if __name__ == "__main__":
    main()
