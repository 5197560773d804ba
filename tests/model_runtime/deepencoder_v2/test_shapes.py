"""The shapes in the encoder's signatures are true."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

for package in ("torch", "jaxtyping", "beartype"):
    pytest.importorskip(package)


def test_a_run_with_every_shape_enforced_passes_and_a_wrong_shape_does_not() -> None:
    program = Path(__file__).with_name("check_shapes.py")
    root = program.parents[3]
    done = subprocess.run(
        [sys.executable, program], cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["[401, 545]", "TypeCheckError"]
