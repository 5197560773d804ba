"""The tokens of a formula made ready to be coloured one by one: words as letters, every argument in braces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ocr2_loaders.bench.formula_rendering.reader import UnreadableFormulaError, read_formula

PERCENT = "\ue000"
"""Stands for an escaped percent sign while the formula is read: a bare one begins a comment."""

VISIBLE_OVER_ONE = frozenset(
    f"\\{name}"
    for name in (
        *("widetilde", "overline", "hat", "widehat", "tilde", "Tilde", "dot", "bar", "vec", "underline", "underbrace"),
        *("check", "breve", "Bar", "Vec", "mathring", "ddot"),
    )
)
"""Commands of one argument that draw something of their own."""
FONTS = frozenset(
    f"\\{name}"
    for name in (
        *("boldsymbol", "pmb", "textbf", "mathrm", "mathbf", "mathbb", "mathcal", "textmd", "texttt", "textnormal"),
        *("text", "textit", "textup", "mathop", "mathbin", "smash", "operatorname", "textrm", "mathfrak", "emph"),
        *("textsf", "textsc"),
    )
)
"""Commands of one argument that draw nothing themselves."""
FRACTIONS = frozenset({"\\frac", "\\binom"})
STACKS = frozenset({"\\overset", "\\underset", "\\stackrel"})
ROOTS = frozenset({"\\xrightarrow", "\\xleftarrow", "\\sqrt"})
"""Commands of one argument with an optional one in brackets before it."""

_DOTS = frozenset({"\\ldots", "\\cdots", "\\dots", "\\dotsb"})
_SPELT_OUT = frozenset(f"\\{name}" for name in ("log", "exp", "sin", "cos", "tan", "tanh", "cosh", "sinh"))
_COLOURS = frozenset({"\\colorbox", "\\textcolor", "\\cellcolor"})
_DROPPED = frozenset({"\\lefteqn", "\\raggedright", "\\arraybackslash", "\\lowercase", "\\uppercase", ""})
_SIZE = re.compile(r"\\[Bb]igg?[glrm]?")
_NEGATED = re.compile(r"[<>+=\-]|[\\=<>].+")
_COLUMNS = re.compile(r"[lrc]+")
_COLOUR_NAME = re.compile(r"[A-Za-z0-9,!]+")
_LENGTH = re.compile(r"[.0-9a-z]+")


def spelt_tokens(latex: str) -> list[str]:
    """The formula's tokens; of one that cannot be read, its pieces between spaces.

    Raises: UnreadableFormulaError where a command lacks its argument.
    """
    latex = latex.replace("\n", " ").replace("\\%", PERCENT)
    try:
        tokens = read_formula(latex)
    except UnreadableFormulaError:
        tokens = []
    tokens = [token.replace(PERCENT, "\\%") for token in tokens or latex.split(" ")]
    try:
        return _with_braces(list(_in_letters(_joined([token for token in tokens if token not in _DROPPED]))))
    except IndexError as error:
        raise UnreadableFormulaError("a command lacks its argument") from error


def _joined(tokens: Sequence[str]) -> Iterator[str]:
    r"""Tokens that mean something together only, as one: `\not =`, `\big (`, lengths, columns. Colours go."""
    at = 0
    while at < len(tokens):
        token, behind = tokens[at], tokens[at + 1] if at + 1 < len(tokens) else ""
        inside = _inside_braces(tokens, at + 1)
        if (token == "\\not" and _NEGATED.fullmatch(behind)) or (_SIZE.fullmatch(token) and behind not in {"", "{"}):
            yield token + behind
            at += 2
        elif token in {"\\hspace", "\\vspace"} and _LENGTH.fullmatch(inside):
            yield f"{token}{{{inside}}}"
            at += 3 + len(inside)
        elif token == "\\begin{array}" and _COLUMNS.fullmatch(inside):
            yield token
            yield f"{{{inside}}}"
            at += 3 + len(inside)
        elif token in _COLOURS and _COLOUR_NAME.fullmatch(inside):
            at += 3 + len(inside)
        elif (token, behind) == ("\\operatorname", "*"):
            yield token
            at += 2
        else:
            yield token
            at += 1


def _inside_braces(tokens: Sequence[str], start: int) -> str:
    """The single characters of a group without groups inside, run together; "" where there is no such group."""
    if start >= len(tokens) or tokens[start] != "{" or "}" not in tokens[start:]:
        return ""
    inside = tokens[start + 1 : tokens.index("}", start)]
    return "".join(inside) if all(len(token) == 1 for token in inside) else ""


def _in_letters(tokens: Sequence[str] | Iterator[str]) -> Iterator[str]:
    for token in tokens:
        if token in _DOTS:
            yield from "..."
        elif token in _SPELT_OUT:
            yield from ("\\mathrm", "{", *token[1:], "}")
        else:
            yield "^" if token == "\\footnote" else token


def matching(tokens: Sequence[str], start: int, brackets: str = "{}") -> int:
    """Where the bracket at `start` is closed; `start` - 1 where there is none to close.

    Raises: UnreadableFormulaError where it is never closed.
    """
    depth = 0
    for at in range(start, len(tokens)):
        depth += (tokens[at] == brackets[0]) - (tokens[at] == brackets[1])
        if not depth:
            return at
    raise UnreadableFormulaError("a brace is never closed")


def _with_braces(tokens: list[str]) -> list[str]:
    r"""Braces around every argument: `\hat x` becomes `\hat { x }`, `\frac 1 2` becomes `\frac { 1 } { 2 }`."""
    at = 0
    while at < len(tokens):
        if tokens[at] in VISIBLE_OVER_ONE | FONTS:
            _brace_chain(tokens, at)
        elif tokens[at] in ROOTS:
            has_option = tokens[at + 1] == "["
            _brace(tokens, matching(tokens, at + 1, "[]") + 1 if has_option else at + 1)
        elif tokens[at] in FRACTIONS | STACKS:
            _brace(tokens, at + 1)
            _brace(tokens, matching(tokens, at + 1) + 1)
        at += 1
    return tokens


def _brace(tokens: list[str], at: int) -> None:
    if tokens[at] != "{":
        tokens[at : at + 1] = ["{", tokens[at], "}"]


def _brace_chain(tokens: list[str], at: int) -> None:
    r"""`\hat \mathbf x` as `\hat { \mathbf { x } }`."""
    end = at
    while end < len(tokens) and tokens[end] in VISIBLE_OVER_ONE | FONTS:
        end += 1
    _brace(tokens, end)
    closing = matching(tokens, end)
    opened = [part for command in tokens[at:end] for part in (command, "{")]
    tokens[at : closing + 1] = [*opened, *tokens[end + 1 : closing], *("}" for _ in range(end - at))]
