"""Text from outside, safe to show on one line of a terminal, a log or a page."""

from __future__ import annotations

_LONGEST = 255


def printable(text: str, max_chars: int = _LONGEST) -> str:
    r"""The text with every character escaped that moves the cursor, turns the writing direction or is no character.

    A newline becomes ``\n``, a right-to-left override ``\u202e``, a byte of a file name that is not UTF-8 ``\xff``.
    Longer texts are cut and end in an ellipsis.
    """
    cut = text if len(text) <= max_chars else text[: max_chars - 1] + "…"
    return "".join(character if character.isprintable() else _escaped(character) for character in cut)


def _escaped(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # Python's stand-in for one undecodable byte, see os.fsdecode
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")
