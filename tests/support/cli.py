"""The `ocr2` program, run as its users run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.patience import patient

ROOT = Path(__file__).parents[2]


def ocr2(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the program to its end, with text output; without a cache, unless `OCR2_NO_CACHE="0"`."""
    run = subprocess.run(
        [sys.executable, "-m", "ocr2_loaders.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=patient(120),
        check=False,
        env={**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "OCR2_NO_CACHE": "1", **environment},
    )
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())
