"""Foreign text on one line: harmless to show in a terminal, a log, a comment or a picture."""

from __future__ import annotations

ELLIPSIS = "…"
_LOOKED_AT = 16


def one_line(text: str, max_chars: int = 200) -> str:
    """At most `max_chars` characters of `text`: white space is single spaces, what cannot be printed is escaped.

    Control characters, bidirectional overrides and lone surrogates come out as backslash escapes, so that the line can
    be encoded, and moves neither the cursor nor the order of its characters. An ellipsis stands for what was cut off.
    """
    head = text[: _LOOKED_AT * max_chars]  # a long text is not walked to its end for its first words
    line = "".join(map(_printable, " ".join(head.split())))
    if len(line) <= max_chars and len(head) == len(text):
        return line
    return line[: max_chars - len(ELLIPSIS)].rstrip() + ELLIPSIS


def _printable(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
