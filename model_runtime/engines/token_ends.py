"""Where in a transcript each token ends: the tokens as text, laid along the text that they made."""

from __future__ import annotations

from collections.abc import Sequence

_SLACK_CHARS = 4
"""How far ahead a token is looked for behind one that was no text: a part of a character, spelled in some other way."""


def token_ends(tokens: Sequence[str], text: str) -> tuple[int, ...] | None:
    """For each token the offset in `text`, in characters, at which it ends; None where tokens and text do not agree.

    A token that is found nowhere near its place, such as a part of a character, ends where the one before it does.
    """
    ends: list[int] = []
    place = 0
    for token in tokens:
        found = text.find(token, place, place + len(token) + _SLACK_CHARS) if token else -1
        if found >= 0:
            place = found + len(token)
        ends.append(place)
    is_all_there = len(text) - place <= _SLACK_CHARS
    return tuple(ends) if is_all_there else None
