"""Writes how to install the packages into the three READMEs: `python docs/_install/write.py`.

One switch decides which text it is: `published` in pyproject.toml, under `tool.ocr2-loaders`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

TEXTS = Path(__file__).parent
ROOT = TEXTS.parents[1]
READMES = {
    "ocr2-loaders": ROOT / "README.md",
    **{path.parent.name: path for path in (ROOT / "integrations").glob("*/README.md")},
}
_PLACE = re.compile(
    r"(?<=<!-- install: written by docs/_install/write.py -->\n).*?(?=<!-- end of install -->\n)", re.DOTALL
)


def is_published() -> bool:
    """Whether a package index has the distributions."""
    return bool(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ocr2-loaders"]["published"])


def with_install_text(readme: str, name: str, *, published: bool) -> str:
    """The README of a distribution with the text that is right. Raises: LookupError where it has no place for it."""
    text = (TEXTS / ("published" if published else "unpublished") / f"{name}.md").read_text("utf-8")
    written, num_places = _PLACE.subn(lambda _: text, readme)
    if num_places != 1:
        raise LookupError(f"the README of {name} has {num_places} places for how to install it, and needs one")
    return written


if __name__ == "__main__":
    for name, path in READMES.items():
        path.write_text(with_install_text(path.read_text("utf-8"), name, published=is_published()), "utf-8")
