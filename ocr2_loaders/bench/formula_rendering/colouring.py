"""A formula in which every token that can be seen has a colour of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ocr2_loaders.bench.formula_rendering.reader import UnreadableFormulaError
from ocr2_loaders.bench.formula_rendering.spelling import (
    FONTS,
    FRACTIONS,
    ROOTS,
    STACKS,
    VISIBLE_OVER_ONE,
    matching,
    spelt_tokens,
)

Colour: TypeAlias = tuple[int, int, int]

_STEP = 15
_LEVELS = 255 // _STEP + 1
MAX_TOKENS = _LEVELS**3 - 1
"""All colours but black."""

_PHANTOMS = frozenset({"\\fontfamily", "\\vphantom", "\\phantom", "\\rowcolor", "\\ref"})
_INVISIBLE = frozenset(
    {
        *("\\", "\\\\", "\\index", "\\a", "&", "$", "\\multirow", "\\def", "\\raggedright", "\\url", "\\cr", "~"),
        *("\\ensuremath", "\\left", "\\right", "\\mathchoice", "\\scriptstyle", "\\displaystyle", "\\qquad", "\\quad"),
        *("\\,", "\\!", "\\boldmath"),
    }
)
_STRUCTURE = re.compile(r"[{}^_]|\\begin\{.*?\}|\\end\{.*?\}|\\.*rule.*|\\.*line.*")


@dataclass(frozen=True, slots=True)
class ColouredFormula:
    """`tokens[i]` is set in `colour(i)`."""

    latex: str
    tokens: tuple[str, ...]


def colour(number: int) -> Colour:
    """The colour of the token of that number, in steps of 15 from the one next to black."""
    red, rest = divmod(number + 1, _LEVELS * _LEVELS)
    green, blue = divmod(rest, _LEVELS)
    return red * _STEP, green * _STEP, blue * _STEP


def coloured(latex: str) -> ColouredFormula:
    """Raises: UnreadableFormulaError."""
    painter = _Painter()
    written = painter.painted(spelt_tokens(latex))
    if len(painter.tokens) > MAX_TOKENS:
        raise UnreadableFormulaError(f"more than {MAX_TOKENS} tokens")
    return ColouredFormula(" ".join(written), tuple(painter.tokens))


class _Painter:
    """Gives out colours in the order of the tokens."""

    def __init__(self) -> None:
        self.tokens: list[str] = []

    def painted(self, tokens: Sequence[str], *, in_braces: bool = False) -> list[str]:
        written: list[str] = []
        at = 0
        while at < len(tokens):
            end, piece = self._piece(tokens, at, in_braces=in_braces)
            written += piece
            at = end
        return written

    def _opened(self, token: str) -> str:
        red, green, blue = colour(len(self.tokens))
        self.tokens.append(token)
        return f"\\mathcolor[RGB]{{{red},{green},{blue}}}{{{token}"

    def _piece(self, tokens: Sequence[str], at: int, *, in_braces: bool) -> tuple[int, list[str]]:
        """Where the piece at `at` ends, and the piece in colour."""
        token = tokens[at]
        if token in _PHANTOMS:
            end = matching(tokens, at + 1) + 1
            return end, list(tokens[at:end])
        for commands, piece in self._commands():
            if token in commands:
                return piece(tokens, at)
        if token in _INVISIBLE | STACKS or _STRUCTURE.match(token) or (token == "]" and at < 3):
            return at + 1, [token]
        opened = self._opened(token)
        return at + 1, ["{" + opened + "}}" if in_braces or tokens[at - 1 : at] == ["_"] else opened + "}"]

    def _commands(self) -> tuple[tuple[frozenset[str], Callable[[Sequence[str], int], tuple[int, list[str]]]], ...]:
        return (
            (FRACTIONS, self._fraction),
            (VISIBLE_OVER_ONE, self._over_one),
            (FONTS, self._font),
            (ROOTS, self._root),
        )

    def _fraction(self, tokens: Sequence[str], at: int) -> tuple[int, list[str]]:
        return self._command(tokens, at, matching(tokens, matching(tokens, at + 1) + 1) + 1)

    def _font(self, tokens: Sequence[str], at: int) -> tuple[int, list[str]]:
        """A single token in a font has its colour whatever it is."""
        end = matching(tokens, at + 1)
        inside = tokens[at + 2 : end]
        letters = [self._opened(inside[0]) + "}"] if len(inside) == 1 else self.painted(inside)
        return end + 1, [tokens[at], "{", *letters, "}"]

    def _command(self, tokens: Sequence[str], at: int, end: int) -> tuple[int, list[str]]:
        opened = self._opened(tokens[at])
        return end, [opened, *self.painted(tokens[at + 1 : end]), "}"]

    def _over_one(self, tokens: Sequence[str], at: int) -> tuple[int, list[str]]:
        """An accent with a script below is one group, or the script would belong to the colour."""
        end = matching(tokens, at + 1) + 1
        _, (opened, *rest, closed) = self._command(tokens, at, end)
        if tokens[at] != "\\underbrace" and tokens[end : end + 1] == ["_"]:
            opened, closed = "{" + opened, closed + "}"
        return end, [opened, *rest, closed]

    def _root(self, tokens: Sequence[str], at: int) -> tuple[int, list[str]]:
        if tokens[at + 1] != "[":
            return self._command(tokens, at, matching(tokens, at + 1) + 1)
        bracket = matching(tokens, at + 1, "[]")
        end = matching(tokens, bracket + 1) + 1
        opened = self._opened(tokens[at])
        option = self.painted(tokens[at + 2 : bracket], in_braces=True)
        return end, [opened, "[", *option, "]", *self.painted(tokens[bracket + 1 : end]), "}"]
