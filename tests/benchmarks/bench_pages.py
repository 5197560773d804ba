"""Page images beside bare PDFium: how fast they come, what the text layer costs, and what long documents need.

    python tests/benchmarks/bench_pages.py [--workers 2] [--pages 300]

The reference renders the same pages with pypdfium2 alone, in as many processes, each its share, handing nothing over.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from reportlab.lib.pagesizes import letter  # noqa: E402 - the root has to be on the path first
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from ocr2_loaders.pages import PageImage, RenderPool, page_images  # noqa: E402
from ocr2_loaders.settings import RenderSettings  # noqa: E402
from tests.support.page_sources import raw_pdf, source_of  # noqa: E402

ROUNDS = 5
WORDS = [
    "page",
    "token",
    "the",
    "column",
    "of",
    "a",
    "text",
    "layer",
    "and",
    "figure",
    "table",
    "result",
    "vision",
    "in",
    "image",
]

REFERENCE = """
import sys
import pypdfium2
path, share, shares = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pdf = pypdfium2.PdfDocument(path)
indices = range(share * len(pdf) // shares, (share + 1) * len(pdf) // shares)
pdf[0].render(scale=2).to_numpy()
print("ready", flush=True)
for _ in sys.stdin:
    for index in indices:
        pdf[index].render(scale=2).to_numpy()
    print("done", flush=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--stream", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--select", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        stream(options.stream, options.workers, options.select)
        return
    with tempfile.TemporaryDirectory() as folder:
        paper = write_paper(Path(folder) / "paper.pdf", options.pages)
        compare(paper, options.workers, options.pages)
        measure_text_layer(paper)
        measure_long_documents(Path(folder), options.workers)


def compare(path: Path, workers: int, num_pages: int) -> None:
    """Both in turns, so that a busy machine is busy for both; the best round of each counts."""
    ours, bare = [], []
    settings = RenderSettings(num_workers=workers)
    with RenderPool(settings) as pool, bare_processes(path, workers) as processes:
        drain(path, settings, pool)
        for _ in range(ROUNDS):
            ours.append(timed(lambda: drain(path, settings, pool)))
            bare.append(timed(lambda: render_bare(processes)))
    print(f"{num_pages} Letter pages at 144 dpi, {workers} processes, best of {ROUNDS}")
    print(f"  bare pypdfium2   {num_pages / min(bare):7.1f} pages/s")
    print(f"  page_images      {num_pages / min(ours):7.1f} pages/s   ratio {min(bare) / min(ours):.2f} (0.90 wanted)")


def measure_text_layer(path: Path) -> None:
    settings = RenderSettings(num_workers=1, max_pages=60)
    plain, with_text = [], []
    with RenderPool(settings) as pool:
        drain(path, settings, pool)
        for _ in range(ROUNDS):
            plain.append(timed(lambda: drain(path, settings, pool)))
            with_text.append(timed(lambda: drain(path, settings, pool, with_text_layer=True)))
        first = next(page_images(source_of(path), settings, with_text_layer=True, renderers=pool))
    assert isinstance(first, PageImage)
    assert first.text_layer
    num_chars, num_runs = len(first.text_layer.text), len(first.text_layer.runs)
    cost_ms = (min(with_text) - min(plain)) / 60 * 1000
    print(f"text layer of a page of {num_chars} characters in {num_runs} runs: {cost_ms:.1f} ms (8 wanted)")


def measure_long_documents(folder: Path, workers: int) -> None:
    print("long documents, each in a fresh process")
    for num_pages, select in ((5_000, None), (100_000, "99990-99999")):
        path = write_long(folder / f"{num_pages}.pdf", num_pages)
        command = [sys.executable, __file__, "--stream", str(path), "--workers", str(workers)]
        subprocess.run(command + (["--select", select] if select else []), check=True)


def stream(path: Path, workers: int, select: str | None) -> None:
    """Read a document page by page, and say when the first page came and how large this process has been."""
    start, first_s, count = time.perf_counter(), 0.0, 0
    with RenderPool(RenderSettings(num_workers=workers)) as pool:
        for page in page_images(source_of(path), RenderSettings(pages=select), renderers=pool):
            assert isinstance(page, PageImage)
            first_s = first_s or time.perf_counter() - start
            count += 1
        num_workers = len(pool.worker_pids)
    total_s = time.perf_counter() - start
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  {path.stem:>6} pages, {count} read: first after {first_s:.2f} s, all after {total_s:.2f} s, "
        f"parent at most {peak_mib:.0f} MiB (shared pixels included), {num_workers} processes"
    )


def drain(path: Path, settings: RenderSettings, pool: RenderPool, *, with_text_layer: bool = False) -> None:
    for page in page_images(source_of(path), settings, with_text_layer=with_text_layer, renderers=pool):
        assert isinstance(page, PageImage)


@contextmanager
def bare_processes(path: Path, shares: int) -> Iterator[list[subprocess.Popen[str]]]:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", REFERENCE, str(path), str(share), str(shares)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in range(shares)
    ]
    wait_for_each(processes)
    yield processes
    for process in processes:
        process.communicate()


def render_bare(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    wait_for_each(processes)


def wait_for_each(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdout
        process.stdout.readline()


def timed(job) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def write_paper(path: Path, num_pages: int) -> Path:
    """Two columns of text on Letter pages, about as many words as a paper has."""
    canvas = Canvas(str(path), pagesize=letter)
    for page in range(num_pages):
        canvas.setFont("Times-Roman", 10)
        for line in range(100):
            words = [WORDS[(page + 7 * line + 3 * word) % len(WORDS)] for word in range(8)]
            canvas.drawString(54 + 260 * (line // 50), 730 - 13 * (line % 50), " ".join(words))
        canvas.showPage()
    canvas.save()
    return path


def write_long(path: Path, num_pages: int) -> Path:
    """Many pages that share one content stream; the document is about the page tree."""
    text = b"BT /F1 12 Tf 72 720 Td 14 TL " + b"(All the pages of this document say the same.) Tj T* " * 40 + b"ET"
    kids = b" ".join(b"%d 0 R" % (5 + index) for index in range(num_pages))
    page = b"<< /Type /Page /Parent 2 0 R /Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>"
    path.write_bytes(
        raw_pdf(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d /MediaBox [0 0 612 792] >>" % (kids, num_pages),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
            *[page] * num_pages,
        )
    )
    return path


if __name__ == "__main__":
    main()
