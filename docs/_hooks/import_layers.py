"""`<!-- layers: ocr2_loaders -->` becomes that package's layers, read from the contracts that are checked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

_MARK = re.compile(r"<!-- layers: (\w+) -->")


def on_page_markdown(markdown: str, *, config: Any, **_: Any) -> str:  # noqa: ANN401 - MkDocs' own types
    project = Path(config.config_file_path).with_name("pyproject.toml")
    return _MARK.sub(lambda found: layers_of(found[1], project), markdown)


def layers_of(package: str, project: Path) -> str:
    """From the top down, on one line; modules of one layer do not know each other. Raises: LookupError."""
    contracts = tomllib.loads(project.read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    for contract in contracts:
        if contract["type"] == "layers" and contract["containers"] == [package]:
            return " → ".join(map(_shown, contract["layers"]))
    raise LookupError(f"{project} has no contract with the layers of {package}")


def _shown(layer: str) -> str:
    return ", ".join(f"`{name.strip(' ()')}`" for name in layer.split("|"))
