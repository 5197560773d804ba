"""The examples, run as their users run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.patience import patient

EXAMPLES = Path(__file__).parents[2] / "examples"


def run_example(name: str, *arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs an example to its end, with text output."""
    return subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        timeout=patient(120),
        check=False,
    )


def output_of(name: str, *arguments: str | Path, cwd: Path, **environment: str) -> str:
    """What an example that ends well prints."""
    ran = run_example(name, *arguments, cwd=cwd, **environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
