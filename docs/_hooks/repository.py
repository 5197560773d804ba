"""Pages that show files of the repository, and links to files that are no pages.

Everything is written as relative links, which lead somewhere in an editor and on a code host too. On the site, a link
to a file outside `docs` leads to the repository, and a picture from there is copied. `<!-- include: PATH -->`, or
`<!-- include: PATH#heading -->` for one section, is replaced by a file's text; the lines behind it, up to an empty one,
are for readers of the source.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.structure.files import File

_PICTURES = ("examples/sample-page-1.png", "tests/benchmarks/gpu/pages_per_second.svg")
_PICTURE_FOLDER = "pictures"
_INCLUDE = re.compile(r"<!-- include: (\S+) -->\n(?:.+\n?)*")
_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(\))")
_FENCE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)


def on_files(files: Any, *, config: Any) -> Any:  # noqa: ANN401 - MkDocs' own types
    root = Path(config.docs_dir).parent
    for picture in _PICTURES:
        address = f"{_PICTURE_FOLDER}/{PurePosixPath(picture).name}"
        files.append(File.generated(config, address, abs_src_path=str(root / picture)))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: Any) -> str:  # noqa: ANN401 - MkDocs' own types
    docs = Path(config.docs_dir)
    home = Path(page.file.abs_src_path).parent
    markdown = _INCLUDE.sub(lambda found: _included(home, found[1]), markdown)
    return _outside_code(markdown, lambda text: _with_links(text, home, docs, config.extra["repository"]))


def _included(home: Path, target: str) -> str:
    """The file's text, or that of one section without its heading, its links as they have to be written in the page."""
    path, _, anchor = target.partition("#")
    file = (home / path).resolve()
    text = file.read_text("utf-8")
    return _outside_code(_section(text, anchor) if anchor else text, lambda part: _moved(part, file.parent, home))


def _section(text: str, anchor: str) -> str:
    """Raises: LookupError when no heading of the second level has these words."""
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        if heading.strip().lower().replace(" ", "-") == anchor:
            return body
    raise LookupError(f"there is no section #{anchor} to include")


def _moved(text: str, old_home: Path, new_home: Path) -> str:
    def moved(found: re.Match[str]) -> str:
        if _is_url(found[2]):
            return found[0]
        target = PurePosixPath(os.path.relpath(old_home / found[2], new_home))
        return f"{found[1]}{target}{found[3] or ''}{found[4]}"

    return _LINK.sub(moved, text)


def _with_links(text: str, home: Path, docs: Path, repository: str) -> str:
    """Links to files outside `docs` lead into the repository; those to nowhere stay, and MkDocs complains."""
    root = docs.parent

    def on_site(found: re.Match[str]) -> str:
        target = (home / found[2]).resolve()
        if _is_url(found[2]) or target.is_relative_to(docs) or not target.exists():
            return found[0]
        inside = target.relative_to(root)
        if str(inside) in _PICTURES:
            address = os.path.relpath(docs / _PICTURE_FOLDER / inside.name, home)
            return f"{found[1]}{address}{found[4]}"
        kind = "tree" if target.is_dir() else "blob"
        return f"{found[1]}{repository}/{kind}/main/{inside}{found[3] or ''}{found[4]}"

    return _LINK.sub(on_site, text)


def _outside_code(markdown: str, change: Any) -> str:  # noqa: ANN401 - a callable of one text
    parts = _FENCE.split(markdown)
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))


def _is_url(target: str) -> bool:
    return "://" in target or target.startswith("mailto:")
