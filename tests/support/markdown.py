"""The project's Markdown as a reader meets it: pages, their headings' anchors, their links and their code blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_CODE = re.compile(
    r"(?:^<!-- (?P<comment>[^\n]*) -->\n)?^(?P<fence>```+)(?P<language>\w*)\n(?P<body>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_INLINE_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_DIRECTIVE = re.compile(r"^::: (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """`comment` is what an HTML comment right in front of the block says."""

    language: str
    body: str
    comment: str
    is_right_behind: bool
    """Whether nothing but white space lies between it and the block before."""


@dataclass(frozen=True)
class MarkdownPage:
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def prose(self) -> str:
        """Without code, in which a bracket is no link."""
        return _INLINE_CODE.sub("`code`", _CODE.sub("", self.text))

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """Of headings, and of the names that a directive describes."""
        headings = _HEADING.findall(_CODE.sub("", self.text))
        return {anchor_of(heading) for heading in headings} | set(self.directives)

    @property
    def directives(self) -> list[str]:
        return _DIRECTIVE.findall(self.text)

    @property
    def code_blocks(self) -> list[CodeBlock]:
        blocks, end = [], 0
        for found in _CODE.finditer(self.text):
            is_behind = end > 0 and not self.text[end : found.start()].strip()
            blocks.append(CodeBlock(found["language"], found["body"], found["comment"] or "", is_behind))
            end = found.end()
        return blocks

    def column(self, number: int, *, under: str) -> list[str]:
        """The cells of a column, from 0, of the table whose head begins with the cell `under`; code marks taken off."""
        table = re.search(rf"^\| {re.escape(under)} \|[^\n]*\n\|[-|: ]+\|\n((?:\|[^\n]*\n?)+)", self.text, re.MULTILINE)
        assert table, f"{self.path} has no table under {under!r}"
        rows = (re.split(r"(?<!\\)\|", line.strip("|")) for line in table[1].splitlines())
        return [row[number].strip().strip("`") for row in rows]

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))


def anchor_of(heading: str) -> str:
    """As code hosts and the site make it of plain headings."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def page(path: str) -> MarkdownPage:
    return MarkdownPage(ROOT / path)


def site_pages() -> list[MarkdownPage]:
    return [MarkdownPage(path) for path in sorted((ROOT / "docs").rglob("*.md"))]


def all_pages() -> list[MarkdownPage]:
    """What somebody may read: the root's files, the site, and the READMEs of folders."""
    folders = ("ocr2_loaders", "model_runtime", "integrations", "examples")
    readmes = [path for folder in folders for path in (ROOT / folder).rglob("*.md") if not _is_foreign(path)]
    return [*map(MarkdownPage, sorted(ROOT.glob("*.md"))), *site_pages(), *map(MarkdownPage, sorted(readmes))]


def _is_foreign(path: Path) -> bool:
    return any(
        part.startswith(".") or part in {"node_modules", "build", "dist"} for part in path.relative_to(ROOT).parts
    )
