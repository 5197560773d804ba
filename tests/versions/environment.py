"""A virtual environment with the project, its extras and what its tests need, on versions of our choice."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.versions.admitted import INTEGRATIONS, OURS, ROOT, Admitted

LOCK = ROOT / "constraints.txt"
UV = Path(sys.executable).with_name("uv")

Versions = Mapping[str, str]
"""Package to exact version."""


@dataclass(frozen=True, slots=True)
class Environment:
    """`extras` are those of ocr2-loaders that are tested; `torch` is an exact version, whatever else is chosen."""

    folder: Path
    extras: tuple[str, ...]
    torch: str

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def make(self, versions: Versions) -> None:
        """The environment anew, with these versions.

        pip brings torch, without its requirements: it may know of a build for this machine, which uv leaves alone.
        """
        subprocess.run([sys.executable, "-m", "venv", "--clear", self.folder], check=True)
        torch = f"torch=={self.torch}"
        subprocess.run([self.python, "-m", "pip", "install", "--quiet", "--no-deps", torch], check=True)
        self.install(versions)

    def install(self, versions: Versions) -> None:
        """These versions, in place of those that are there; packages that have no version here may keep theirs."""
        pins = self.folder / "versions.txt"
        pins.write_text("".join(f"{name}=={version}\n" for name, version in versions.items()), "utf-8")
        editable = [part for project in self._projects() for part in ("-e", project)]
        _uv("install", "--python", self.python, "--constraint", pins, "--group", "dev", *editable)

    def swap(self, name: str, version: str) -> None:
        """One package on another version, with what that version requires."""
        _uv("install", "--python", self.python, f"{name}=={version}")

    def newest(self) -> Versions:
        """Of every package the newest version that goes with all the others."""
        return self._resolve(self._projects(), "--group", "dev")

    def lowest(self, packages: Iterable[Admitted]) -> Versions:
        """Of these packages the lowest version; of what only the tests need the locked one, or the nearest to it."""
        names = {each.name for each in packages}
        low = self._resolve(self._projects(), "--resolution", "lowest-direct")
        pins = self.folder.with_suffix(".lowest.txt")
        chosen = self.folder.with_suffix(".versions.txt")
        pins.write_text("".join(f"{name}=={low[name]}\n" for name in sorted(names)), "utf-8")
        chosen.write_text(LOCK.read_text("utf-8"), "utf-8")  # uv prefers what the file that it writes already holds
        try:
            self._compile(self._projects(), "--group", "dev", "--constraint", pins, "-o", chosen)
            return _versions(chosen.read_text("utf-8"))
        finally:
            pins.unlink()
            chosen.unlink()

    def locked(self) -> Versions:
        """What constraints.txt says for this machine."""
        return self._resolve(self._projects(), "--group", "dev", "--constraint", LOCK)

    def _projects(self) -> list[str]:
        return [f".[{','.join(self.extras)}]", *(str(folder.relative_to(ROOT)) for folder in INTEGRATIONS)]

    def _resolve(self, projects: Iterable[str], *options: str | Path) -> Versions:
        return _versions(self._compile(projects, *options))

    def _compile(self, projects: Iterable[str], *options: str | Path) -> str:
        """What uv chose, as lines of requirements; nothing where the options name a file to write them to."""
        lines = "\n".join((f"torch=={self.torch}", *(f"-e {project}" for project in projects)))
        left_out = [part for name in OURS for part in ("--no-emit-package", name)]
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        return _uv(
            "compile", "--no-annotate", "--no-header", "--python-version", python, *left_out, *options, "-", lines=lines
        )


def _versions(requirements: str) -> Versions:
    """The packages of lines such as `numpy==2.4.6`."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", requirements, re.MULTILINE))


def _uv(*arguments: str | Path, lines: str = "") -> str:
    """What `uv pip …` prints. Raises: CalledProcessError; its reason stands on the terminal."""
    run = subprocess.run(
        [UV, "pip", *arguments, "--quiet"], cwd=ROOT, input=lines, stdout=subprocess.PIPE, text=True, check=True
    )
    return run.stdout
