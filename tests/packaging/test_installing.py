"""What README and hints tell a newcomer to type works, in a fresh environment: with pip, from a clone and a git URL."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "examples" / "sample.pdf"
INTEGRATIONS = {"langchain-ocr2": "langchain_ocr2", "llama-index-readers-ocr2": "llama_index.readers.ocr2"}


class Fresh:
    """A virtual environment that holds nothing but pip."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs a program of the environment, away from the clone."""
        path = os.pathsep.join((str(self.folder / "bin"), os.environ["PATH"]))
        settings = {"PATH": path, "VIRTUAL_ENV": str(self.folder), "OCR2_NO_CACHE": "1", "COLUMNS": "500"}
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "UV_"))}
        return subprocess.run(
            [self.folder / "bin" / command[0], *command[1:]],
            cwd=self.folder,
            env={**environment, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    def install(self, *arguments: str | Path) -> None:
        ran = self.run("pip", "install", "--quiet", *arguments)
        assert ran.returncode == 0, ran.stderr

    def assert_reads_the_sample_and_its_hint_works(self) -> None:
        """Typed pages are read; a format whose extra is absent names a line that brings it."""
        convert = ("ocr2", "convert", SAMPLE, "--pages", "1", "--engine", "embedded")
        read = self.run(*convert)
        assert "# How a Page Becomes Tokens" in read.stdout, read.stderr
        to_word = (*convert, "-f", "docx", "-o", "out")
        refused = self.run(*to_word)
        assert refused.returncode == 2
        hint = re.search(r"pip install (.+)", refused.stderr)
        assert hint, refused.stderr
        self.install(*shlex.split(hint[1]))
        assert self.run(*to_word).returncode == 0


@pytest.fixture(scope="module")
def git_url() -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("this copy is no git repository")
    return f"git+file://localhost{ROOT}"  # the pip of Python 3.11 takes no URL without a host for a requirement


def test_a_clone_is_installed_with_an_engine(tmp_path: Path) -> None:
    fresh = Fresh(tmp_path / "venv")
    fresh.install("-e", f"{ROOT}[embedded]")
    fresh.assert_reads_the_sample_and_its_hint_works()


def test_a_git_url_is_installed_with_an_engine(tmp_path: Path, git_url: str) -> None:
    fresh = Fresh(tmp_path / "venv")
    fresh.install(f"ocr2-loaders[embedded] @ {git_url}")
    fresh.assert_reads_the_sample_and_its_hint_works()


@pytest.mark.parametrize("name", INTEGRATIONS)
def test_an_integration_is_installed_beside_the_project_it_stands_on(name: str, tmp_path: Path, git_url: str) -> None:
    clone, git = Fresh(tmp_path / "clone"), Fresh(tmp_path / "git")
    clone.install("-e", ROOT, "-e", ROOT / "integrations" / name)
    git.install(f"ocr2-loaders @ {git_url}", f"{name} @ {git_url}#subdirectory=integrations/{name}")
    for fresh in (clone, git):
        ran = fresh.run("python", "-c", f"import {INTEGRATIONS[name]}")
        assert ran.returncode == 0, ran.stderr
