"""What a module imports, read from its source."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path


def imported_names(module: Path) -> list[str]:
    """Every dotted name that the module imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = [
        f"{node.module}.{alias.name}" for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    return plain + named


def brought_along(package: str, *, beside: str) -> set[str]:
    """The top-level packages that importing `package` adds in a fresh process that has imported `beside`."""
    program = (
        f"import sys, {beside}; before = set(sys.modules); import {package}; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())
