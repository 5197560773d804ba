"""Text from outside, safe to show in a terminal, a log, a comment or a picture, and safe to encode."""

from __future__ import annotations

ELLIPSIS = "…"
_LONGEST = 255
_LOOKED_AT = 16


def printable(text: str, max_chars: int = _LONGEST) -> str:
    r"""The text with every character escaped that moves the cursor, turns the writing direction or is no character.

    A newline becomes ``\n``, a right-to-left override ``\u202e``, a byte of a file name that is not UTF-8 ``\xff``.
    Longer texts are cut and end in an ellipsis.
    """
    cut = text if len(text) <= max_chars else text[: max_chars - len(ELLIPSIS)] + ELLIPSIS
    return "".join(character if character.isprintable() else _escaped(character) for character in cut)


def one_line(text: str, max_chars: int = 200) -> str:
    """The text printable on one line of at most `max_chars` characters, with single spaces for all white space."""
    head = text[: _LOOKED_AT * max_chars]  # a long text is not walked to its end for its first words
    words = " ".join(head.split())
    line = printable(words, max_chars=len(words))
    if len(line) <= max_chars and len(head) == len(text):
        return line
    return line[: max_chars - len(ELLIPSIS)].rstrip() + ELLIPSIS


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # Python's stand-in for one undecodable byte, see os.fsdecode
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
