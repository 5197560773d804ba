"""The LaTeX that the benchmark's reader of formulas knows: which commands take what."""

from __future__ import annotations

NO_LIMITS = frozenset(
    f"\\{name}"
    for name in (
        *("arcsin", "arccos", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "dim", "exp", "hom", "ker"),
        *("lg", "ln", "log", "sec", "sin", "sinh", "tan", "tanh"),
    )
)
"""Operators that are written as words, with their scripts beside them."""
LIMITS = frozenset(f"\\{name}" for name in ("det", "gcd", "inf", "lim", "liminf", "limsup", "max", "min", "Pr", "sup"))
"""Operators that are written as words, with their scripts below and above."""
WORD_OPERATORS = NO_LIMITS | LIMITS | {"\\injlim", "\\projlim"}
LARGE_OPERATORS = frozenset(
    f"\\{name}"
    for name in (
        *("int", "iint", "iiint", "oint", "coprod", "bigvee", "bigwedge", "biguplus", "bigcap", "bigcup", "intop"),
        *("prod", "sum", "bigotimes", "bigoplus", "bigodot", "bigsqcup", "smallint"),
    )
)
TEXTS = frozenset({"\\text", "\\mbox", "\\hbox", "\\vbox"})
FRACTIONS = {"\\frac": "\\frac", "\\dfrac": "\\frac", "\\tfrac": "\\frac"} | {
    "\\binom": "\\binom",
    "\\dbinom": "\\binom",
    "\\tbinom": "\\binom",
}
INFIX = {"\\over": "\\frac", "\\choose": "\\binom"}
FONTS = {
    f"\\{name}": f"\\{name}"
    for name in (
        *("mathrm", "mathit", "mathbf", "mathop", "stackrel", "mathbb", "mathcal", "mathfrak", "mathscr", "mathsf"),
        *("mathtt", "hspace", "vspace", "fbox", "tag", "makebox", "raisebox", "framebox", "vphantom", "textup"),
    )
} | {"\\Bbb": "\\mathbb", "\\bold": "\\mathbf", "\\frak": "\\mathfrak"}
"""Commands with one argument that are written as they are, and what they are written as."""
ACCENTS = frozenset(
    f"\\{name}" for name in ("acute", "grave", "ddot", "tilde", "bar", "breve", "check", "hat", "vec", "dot")
)
LINES = frozenset({"\\overline", "\\underline"})
DECLARATIONS = frozenset(
    f"\\{name}"
    for name in (
        *("tiny", "scriptsize", "footnotesize", "small", "normalsize", "large", "Large", "LARGE", "huge", "Huge"),
        *("textrm", "rm", "cal", "bf", "boldmath", "it"),
        *("displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle"),
    )
)
"""Commands that change everything up to the end of their group."""
SIZED = frozenset(f"\\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m"))
DELIMITERS = frozenset({*"()[]<>/|.", "\\{", "\\}", "\\|"}) | frozenset(
    f"\\{name}"
    for name in (
        *("lbrack", "rbrack", "lbrace", "rbrace", "lfloor", "rfloor", "lceil", "rceil", "langle", "rangle", "lt", "gt"),
        *("lvert", "rvert", "lVert", "rVert", "lgroup", "rgroup", "lmoustache", "rmoustache", "backslash", "vert"),
        *("Vert", "uparrow", "Uparrow", "downarrow", "Downarrow", "updownarrow", "Updownarrow"),
    )
)
MATRICES: dict[str, tuple[str, str] | None] = {
    "matrix": None,
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("\\{", "\\}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("\\Vert", "\\Vert"),
    "cases": ("\\{", "."),
}
"""Environments without columns of their own, and the delimiters around them."""
STOPS = frozenset({"}", "\\end", "\\right", "&", "\\\\", "\\cr"})
"""What ends an expression."""
