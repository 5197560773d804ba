"""A predicted page, cut into the pieces that are matched with the ground truth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ocr2_loaders.bench.parsing.candidate import Candidate, CandidateKind, CandidateOrigin
from ocr2_loaders.bench.parsing.outermost import Span, blanked, html_tables, latex_tables
from ocr2_loaders.bench.parsing.pipe_table import pipe_rows, with_html_tables

_IMAGE = re.compile(r"!\[.*?\]\(.*?\)")
_FENCES = tuple(
    re.compile(fence, re.MULTILINE) for fence in (r"^```markdown\n?", r"^```html\n?", r"^```latex\n?", r"```\n?$")
)
_LONG_RULE = re.compile(r"_{4,}")
_LONG_GAP = re.compile(r" {4,}")
_DOCUMENT_TAGS = ("<html>", "</html>", "<body>", "</body>")

_FORMULA = re.compile(r"\$\$(.*?)\$\$|\\\[(.*?)\\\]|\$(.*?)\$|\\\((.*?)\\\)", re.DOTALL)
_DOLLARS = re.compile(r"\$\$(.*?)\$\$|\$(.*?)\$|\\\((.*?)\\\)", re.DOTALL)
_HTML_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def _stripped(found: re.Match[str]) -> str:
    return found[1].strip()


_UNWRAPPED_COMMANDS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\\title\{([^}\n]*)\}"), r"\1"),
    (re.compile(r"\\title\s*\{([^}]*)\}"), _stripped),
    (re.compile(r"\\text\s*\{([^}]*)\}"), _stripped),
    (re.compile(r"\\section\*?\{([^}\n]*)\}"), r"\1"),
    (re.compile(r"\\section\*?\{([^}]*)\}"), _stripped),
)
_MIN_PIPE_ROWS = 2


@dataclass(frozen=True, slots=True)
class Prediction:
    """`candidates` are texts and formulas in the benchmark's own order; tables stand apart, each kind by position."""

    candidates: tuple[Candidate, ...]
    html_tables: tuple[Candidate, ...]
    latex_tables: tuple[Candidate, ...]


def parse_prediction(markdown: str) -> Prediction:
    """Cut one page of Markdown, HTML or LaTeX into its pieces."""
    return _grouped(sorted(_Cutting(_cleaned(markdown)).pieces(), key=lambda piece: piece.start))


def _grouped(pieces: list[Candidate]) -> Prediction:
    """Texts and formulas stay apart, the kind that comes first on the page in front: it wins ties of position."""
    by_kind: dict[CandidateKind, list[Candidate]] = {}
    for piece in pieces:
        by_kind.setdefault(piece.kind, []).append(piece)
    html = tuple(by_kind.pop(CandidateKind.HTML_TABLE, ()))
    latex = tuple(by_kind.pop(CandidateKind.LATEX_TABLE, ()))
    return Prediction(tuple(piece for group in by_kind.values() for piece in group), html, latex)


def _cleaned(markdown: str) -> str:
    """Without images, fences around the page, long runs of rules and spaces, and document tags."""
    text = _IMAGE.sub("", markdown)
    for fence in _FENCES:
        text = fence.sub("", text)
    text = _LONG_GAP.sub("    ", _LONG_RULE.sub("____", text))
    for tag in _DOCUMENT_TAGS:
        text = text.replace(tag, "")
    return text


class _Cutting:
    """The text of a page; what has been cut out leaves spaces behind, so that offsets stay."""

    def __init__(self, text: str) -> None:
        self._rest = text

    def pieces(self) -> Iterator[Candidate]:
        """In the order in which the benchmark looks for them."""
        yield from self._tables(CandidateKind.LATEX_TABLE, latex_tables(self._rest))
        yield from self._tables(CandidateKind.HTML_TABLE, html_tables(self._rest))
        yield from self._formulas()
        yield from self._pipe_tables()
        yield from self._code()
        yield from _paragraphs(_unwrapped(self._rest))

    def _tables(self, kind: CandidateKind, spans: list[Span]) -> Iterator[Candidate]:
        for span in spans:
            content = self._rest[span.start : span.end]
            yield Candidate(kind, span.start, content)
            self._rest = blanked(self._rest, Span(span.start, span.start + len(content)))

    def _formulas(self) -> Iterator[Candidate]:
        for found in _FORMULA.finditer(self._rest):
            formula = _formula(found)
            if not formula.is_inline_formula:
                self._rest = blanked(self._rest, Span(*found.span()))
            yield formula

    def _pipe_tables(self) -> Iterator[Candidate]:
        if len(pipe_rows(self._rest + "\n")) < _MIN_PIPE_ROWS:
            return
        self._rest = with_html_tables(self._rest)
        for found in _HTML_TABLE.finditer(self._rest):
            self._rest = blanked(self._rest, Span(*found.span()))
            yield Candidate(CandidateKind.HTML_TABLE, found.start(), found[0].strip(), CandidateOrigin.PIPE_TABLE)

    def _code(self) -> Iterator[Candidate]:
        for found in _CODE.finditer(self._rest):
            self._rest = blanked(self._rest, Span(*found.span()))
            yield Candidate(CandidateKind.TEXT, found.start(), found[2].strip(), CandidateOrigin.CODE)


def _formula(found: re.Match[str]) -> Candidate:
    r"""A display formula, or an inline one, which stays in the text as well.

    A `\[..\]` with `$..$` or `\(..\)` inside counts as inline, and so does an empty `$$$$`.
    """
    latex = " ".join(found[0].strip().split("\n"))
    dollars = _DOLLARS.search(latex)
    if dollars is None:
        return Candidate(CandidateKind.FORMULA, found.start(), latex)
    if dollars[1]:
        return Candidate(CandidateKind.FORMULA, found.start(), _DOLLARS.sub(r"\\[\1\\]", latex))
    inline = _DOLLARS.sub(r"\\[\2\3\\]", latex)
    return Candidate(CandidateKind.FORMULA, found.start(), inline, CandidateOrigin.INLINE_FORMULA)


def _unwrapped(text: str) -> str:
    for command, argument in _UNWRAPPED_COMMANDS:
        text = command.sub(argument, text)
    return text


def _paragraphs(text: str) -> Iterator[Candidate]:
    parts = text.split("\n\n")
    if len(parts) == 1:
        parts = text.split("\n")
    start = 0
    for part in parts:
        content = "\n".join(line.strip() for line in part.split("\n") if line.strip())
        if piece := _paragraph(start, content):
            yield piece
        start += len(part)


def _paragraph(start: int, content: str) -> Candidate | None:
    if content.startswith("<table") and content.endswith("</table>"):
        return Candidate(CandidateKind.HTML_TABLE, start, content)
    if content.startswith("$") and content.endswith("$"):
        return Candidate(CandidateKind.FORMULA, start, content) if content.replace("$", "").strip() else None
    return Candidate(CandidateKind.TEXT, start, content, CandidateOrigin.PARAGRAPH) if content else None
