"""A Python in which some packages are not installed."""

from __future__ import annotations

import subprocess
import sys

from tests.support.patience import patient

_BLOCK = """
import sys, importlib.util
ABSENT = {packages!r}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ABSENT:
            raise ModuleNotFoundError(f'No module named {{name!r}}', name=name)
sys.meta_path.insert(0, Absent())
real = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name in ABSENT else real(name, package)
"""


def python_without(*packages: str, code: str) -> subprocess.CompletedProcess[str]:
    """Runs `code` in a process that can neither find nor import the packages."""
    command = [sys.executable, "-c", _BLOCK.format(packages=packages) + code]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=patient(60))
