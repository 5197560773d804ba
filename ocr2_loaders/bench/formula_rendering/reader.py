r"""A formula as the benchmark's reader writes it: one spelling for everything that looks the same.

Scripts stand in braces, the lower one first; `\dfrac` is `\frac`, `align` is an `array`, words are set in `\mathrm`.
The reader is strict in some places and lenient in others, as KaTeX's parser of 2016 is, on which the benchmark builds.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ocr2_loaders.bench.formula_rendering import grammar

_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\S", re.DOTALL)
_TEXT_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
_ALIGNED = re.compile(r"\\begin\{(split|align|alignedat|alignat|eqnarray)\*?\}(.+?)\\end\{\1\*?\}", re.DOTALL)
_SMALL_MATRIX = re.compile(r"\\begin\{(smallmatrix)\*?\}(.+?)\\end\{\1\*?\}", re.DOTALL)
_LABEL = re.compile(r"\\label\{.*?\}")
_MAX_DEPTH = 150


class UnreadableFormulaError(Exception):
    """The formula is not of the LaTeX that is known here."""


def read_formula(latex: str) -> list[str]:
    """The formula's tokens.

    Raises: UnreadableFormulaError.
    """
    return _with_named_operators(_Reader(_prepared(latex)).formula())


def _with_named_operators(tokens: list[str]) -> list[str]:
    r"""`\operatorname { m a x }` as `\max`."""
    written: list[str] = []
    for token in tokens:
        written.append(token)
        if token == "}" and "\\operatorname" in written:
            start = len(written) - 1 - written[::-1].index("\\operatorname")
            name = "\\" + "".join(written[start + 2 : -1])
            if written[start + 1] == "{" and name in grammar.WORD_OPERATORS:
                written[start:] = [name]
    return written


def _prepared(latex: str) -> str:
    latex = _ALIGNED.sub(r"\\begin{aligned}\2\\end{aligned}", latex)
    latex = _SMALL_MATRIX.sub(r"\\begin{matrix}\2\\end{matrix}", latex)
    latex = latex.removeprefix("%").split("%")[0].replace("\\~", " ").replace("\\>", " ").replace("$", " ")
    latex = _LABEL.sub("", latex)
    if not any(word in latex for word in ("matrix", "cases", "array", "begin")):
        latex = latex.replace("\\\\", "\\,")
    return re.sub(r"\{ ?\\rm|\\rm\{", r"\\mathrm{", latex)


class _Reader:
    """Reads from left to right; every method returns what it read, written anew."""

    def __init__(self, latex: str) -> None:
        self._latex = latex
        self._at = 0
        self._depth = 0

    def formula(self) -> list[str]:
        tokens = self._expression()
        if self._next() is not None:
            raise UnreadableFormulaError(f"unexpected {self._next()!r}")
        return tokens

    def _next(self) -> str | None:
        found = _TOKEN.search(self._latex, self._at)
        return found[0] if found else None

    def _take(self) -> str:
        found = _TOKEN.search(self._latex, self._at)
        if found is None:
            raise UnreadableFormulaError("the formula ends too early")
        self._at = found.end()
        return found[0]

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise UnreadableFormulaError(f"{token!r} is missing")
        self._take()

    def _expression(self, stop: str | None = None) -> list[str]:
        """Atoms up to the end of the group; an infix fraction takes all of them for its two parts."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnreadableFormulaError("groups are nested too deeply")
        written: list[str] = []
        infix: tuple[str, list[str]] | None = None
        while (token := self._next()) is not None and token not in grammar.STOPS and token != stop:
            if token in grammar.INFIX:
                infix, written = self._infix(infix, written), []
            else:
                written += self._atom()
        self._depth -= 1
        return written if infix is None else [infix[0], *_group(infix[1]), *_group(written)]

    def _infix(self, infix: tuple[str, list[str]] | None, before: list[str]) -> tuple[str, list[str]]:
        if infix is not None:
            raise UnreadableFormulaError("two infix fractions in one group")
        return grammar.INFIX[self._take()], before

    def _atom(self) -> list[str]:
        """A base with its scripts. Of two scripts in one place the last counts."""
        first = self._next()
        base = self._base()
        scripts: dict[str, list[str]] = {}
        while (token := self._next()) in {"^", "_", "'", "\\limits", "\\nolimits"}:
            if token == "'":
                scripts["^"] = self._primes()
            elif token in {"^", "_"}:
                place = self._take()
                scripts[place] = self._script()
            elif first in grammar.LARGE_OPERATORS | grammar.NO_LIMITS | grammar.LIMITS:
                self._take()
            else:
                raise UnreadableFormulaError(f"{token} without an operator")
        return base + [part for place in ("_", "^") if scripts.get(place) for part in (place, *scripts[place])]

    def _primes(self) -> list[str]:
        primes = []
        while self._next() == "'":
            self._take()
            primes.append("\\prime")
        return _group(primes)

    def _script(self) -> list[str]:
        token = self._next()
        if token is None or token in grammar.STOPS:
            return []
        if token in grammar.LARGE_OPERATORS | grammar.NO_LIMITS | grammar.LIMITS | grammar.ACCENTS | grammar.LINES | {
            "\\sqrt"
        }:
            raise UnreadableFormulaError(f"{token} as a script needs braces")
        argument = self._argument()
        return argument if argument[:1] == ["{"] else _group(argument)

    def _argument(self) -> list[str]:
        """A group with its braces, or a single symbol or command."""
        if self._next() != "{":
            return self._base()
        self._take()
        inside = self._expression()
        self._expect("}")
        return _group(inside)

    def _base(self) -> list[str]:
        token = self._next()
        if token is None or token in grammar.STOPS:
            raise UnreadableFormulaError("an argument is missing")
        if token == "{":
            return self._argument()
        self._take()
        for commands, read in self._commands():
            if token in commands:
                return read(token)
        return [token.rstrip() or token]

    def _commands(self) -> tuple[tuple[frozenset[str], Callable[[str], list[str]]], ...]:
        return (
            (frozenset({"\\left"}), lambda _: self._left_right()),
            (frozenset({"\\begin"}), lambda _: self._environment()),
            (frozenset({"\\sqrt"}), lambda _: self._root()),
            (frozenset({"\\color"}), self._refuse),
            (grammar.DECLARATIONS, self._declaration),
            (grammar.TEXTS, lambda _: ["\\mathrm", *self._text()]),
            (grammar.LINES, lambda token: [token, *_group(self._argument())]),
            (frozenset({"\\phantom"}), lambda token: [token, *_braced(self._argument())]),
            (grammar.SIZED, lambda token: [token, self._delimiter()]),
            (grammar.NO_LIMITS, lambda token: [token]),
            (grammar.LIMITS, lambda token: ["\\operatorname*", *_group(list(token[1:]))]),
            (frozenset(grammar.FRACTIONS), self._fraction),
            (frozenset(grammar.FONTS), lambda token: [grammar.FONTS[token], *self._argument()]),
            (grammar.ACCENTS, lambda token: [token, *_braced(self._argument())]),
        )

    def _refuse(self, token: str) -> list[str]:
        raise UnreadableFormulaError(f"{token} is not read here")

    def _fraction(self, token: str) -> list[str]:
        return [grammar.FRACTIONS[token], *self._argument(), *self._argument()]

    def _declaration(self, token: str) -> list[str]:
        rest = self._expression()
        return ["\\mathrm", *_group(rest)] if token == "\\rm" else [token, *rest]

    def _delimiter(self) -> str:
        token = self._take()
        if token not in grammar.DELIMITERS:
            raise UnreadableFormulaError(f"{token!r} is no delimiter")
        return token

    def _left_right(self) -> list[str]:
        left = self._delimiter()
        inside = self._expression()
        self._expect("\\right")
        return [f"\\left{left}", *inside, f"\\right{self._delimiter()}"]

    def _root(self) -> list[str]:
        if self._next() != "[":
            return ["\\sqrt", *self._argument()]
        self._take()
        index = self._expression(stop="]")
        self._expect("]")
        return ["\\sqrt", "[", *index, "]", *self._argument()]

    def _text(self) -> list[str]:
        """The letters of a text, with `~` for each stretch of spaces."""
        self._expect("{")
        depth = 1
        written: list[str] = []
        for found in _TEXT_TOKEN.finditer(self._latex, self._at):
            token = found[0]
            depth += (token == "{") - (token == "}")
            if not depth:
                self._at = found.end()
                return _group(written)
            if not token.isspace():
                written.append(token)
            elif written[-1:] != ["~"]:
                written.append("~")
        raise UnreadableFormulaError("a text is never closed")

    def _environment(self) -> list[str]:
        name = self._name()
        columns = self._columns() if name in {"array", "tabular"} else None
        rows = self._rows(is_aligned=name == "aligned")
        self._expect("\\end")
        if self._name() != name:
            raise UnreadableFormulaError(f"the environment {name!r} is ended by another")
        if name == "aligned":
            columns = ["rl"[place % 2] for place in range(max(map(len, rows)))]
        delimiters = grammar.MATRICES.get(name)
        array = _array(columns if columns is not None else ["l"] * len(rows[0]), rows)
        return [f"\\left{delimiters[0]}", *array, f"\\right{delimiters[1]}"] if delimiters else array

    def _name(self) -> str:
        self._expect("{")
        name = ""
        while (token := self._take()) != "}":
            name += token
        if name not in {"array", "tabular", "aligned", *grammar.MATRICES}:
            raise UnreadableFormulaError(f"no such environment: {name!r}")
        return name

    def _columns(self) -> list[str]:
        return [token for token in self._argument() if token in {"l", "c", "r"}]

    def _rows(self, *, is_aligned: bool) -> list[list[list[str]]]:
        rows: list[list[list[str]]] = [[]]
        while True:
            cell = self._expression()
            second = is_aligned and len(rows[-1]) % 2 == 1
            rows[-1].append(["{", "}", *cell] if second else cell)
            if self._next() == "&":
                self._take()
            elif self._next() in {"\\\\", "\\cr"}:
                self._take()
                self._row_gap()
                rows.append([])
            else:
                return rows

    def _row_gap(self) -> None:
        gap = re.compile(r"\s*\[\s*-?[\d.]+\s*[a-z]{2}\s*\]").match(self._latex, self._at)
        if gap:
            self._at = gap.end()


def _group(tokens: list[str]) -> list[str]:
    return ["{", *tokens, "}"]


def _braced(argument: list[str]) -> list[str]:
    return argument if argument[:1] == ["{"] else _group(argument)


def _array(columns: list[str], rows: list[list[list[str]]]) -> list[str]:
    """Cells in braces, empty ones without. Rows of nothing but empty cells go, and so does the last line break."""
    lines = []
    for row in rows:
        if any(row):
            cells = [_group(cell) if cell else [] for cell in row]
            lines.append([token for cell in cells for token in (*cell, "&")][:-1])
    body = [token for line in lines for token in (*line, "\\\\")][:-1]
    return ["\\begin{array}", *_group(columns), *body, "\\end{array}"]
