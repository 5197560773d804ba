"""The grammar of one tag, with every way in which the model was seen to write it wrong."""

from __future__ import annotations

import re
from typing import NamedTuple

from model_runtime.box import GridBox
from model_runtime.grounding.boxes import boxes_in, quoted
from model_runtime.vocabulary import MODEL_LABELS, REF_OPEN


class Tag(NamedTuple):
    """A tag as it was read. `end` is the offset behind its last character, in the text it was read from."""

    label: str | None
    boxes: tuple[GridBox, ...]
    end: int
    notes: tuple[str, ...]


_WORDS = r"[^<\r\n]*+(?:<(?!\|/?(?:ref|det)\|>)[^<\r\n]*+)*+"
"""Text up to the next token or the end of the line; possessive, as all that repeats here, so that time stays linear."""
_CHARACTER = r"(?:[^<\r\n]|<(?!\|/?(?:ref|det)\|>))"
_KNOWN = "|".join(sorted(MODEL_LABELS, key=len, reverse=True))
_KNOWN_LABEL = rf"(?:{_KNOWN})(?:\ \w{{1,12}}){{0,2}}"
_CUT_LABEL = "|".join(sorted({label[:length] for label in MODEL_LABELS for length in range(len(label))}, reverse=True))
_SPACE = r"[^\S\r\n]*+"
_NUMBERS = r"[-+0-9.,\ \t\xa0]*+"
_BRACKETED = rf"\[++{_NUMBERS}(?:\]++,{_SPACE}\[++{_NUMBERS})*+\]*+"
_LATEX_LENGTH = r"\[-?[0-9]*+\.?[0-9]*+[a-z]{2}\]"

_TAG = re.compile(
    rf"""
    (?P<opened>(?:<\|ref\|>)*+)
    (?:
        (?P<label>{_WORDS})<\|/ref\|>(?P<closed_again>(?:{_CHARACTER}{{0,80}}+<\|/ref\|>)*+)
      | {_SPACE}(?P<unclosed>{_KNOWN_LABEL}){_SPACE}(?=[\r\n]|<\|det\|>|\Z)
      | (?P<cut>(?:{_CUT_LABEL})\Z)
    )?+
    (?:
        \s*+<\|det\|>
        (?: (?P<det>[-+0-9.,\s\[\]]*+|{_CHARACTER}{{0,2000}}+)<\|/det\|>
          | (?P<unclosed_det>(?:{_SPACE}(?:{_LATEX_LENGTH}|{_BRACKETED}))?+) )
      | (?P<unopened_det>(?:{_SPACE}{_BRACKETED})?+)<\|/det\|>
    )?+
    """,
    re.VERBOSE,
)
_USUAL_TAG = re.compile(rf"<\|ref\|>({_WORDS})<\|/ref\|><\|det\|>([^<\r\n]{{0,2000}}+)<\|/det\|>")

_HEADLESS = re.compile(
    rf"^{_SPACE}(?=(?:{_KNOWN_LABEL})?+(?:<\|/ref\|>)?+<\|det\|>|{_KNOWN_LABEL}<\|/ref\|>)", re.MULTILINE
)
_FOUR = r"\[[0-9]{1,4}(?:,\ ?[0-9]{1,4}){3}\]"
_STRIPPED = re.compile(rf"^({_KNOWN_LABEL})(\[{_FOUR}(?:,\ ?{_FOUR})*+\])[^\S\r\n]*+(?=[\r\n]|\Z)", re.MULTILINE)
_TOKEN = re.compile(r"<\|/?(?:ref|det)\|>")


def tag_at(text: str, start: int) -> Tag:
    """The tag that begins at `start`, with or without its first token; it is known that one does."""
    usual = _USUAL_TAG.match(text, start)
    if usual is None:
        return _odd_tag(text, start)
    boxes, notes = boxes_in(usual[2])
    label = usual[1].strip()
    return Tag(label, boxes, usual.end(), notes if label else ("the label is empty", *notes))


def headless_tag_after(text: str, start: int) -> int | None:
    """Where the next tag without its first token begins: at a line's start, from `start` on."""
    found = _HEADLESS.search(text, start)
    return found.end() if found else None


def stripped_tags(text: str) -> list[tuple[int, Tag]]:
    """The tags, and where they begin, of a transcript that lost all special tokens; none unless it begins with one.

    Only then, because text on a page may well look like such a tag: in all other transcripts it stays text.
    """
    first = _STRIPPED.search(text)
    if first is None or text[: first.start()].strip():
        return []
    return [(found.start(), _stripped_tag(found)) for found in _STRIPPED.finditer(text)]


def stray_token(text: str) -> str | None:
    """The first token of a tag within a span's text."""
    found = _TOKEN.search(text)
    return found[0] if found else None


def _stripped_tag(found: re.Match[str]) -> Tag:
    boxes, notes = boxes_in(found[2])
    return Tag(found[1], boxes, found.end(), ("the tag has lost its special tokens", *notes))


def _odd_tag(text: str, start: int) -> Tag:
    found = _TAG.match(text, start)
    if found is None:
        raise AssertionError("every part of the pattern may be absent, so it matches everywhere")
    label = found["label"] if found["label"] is not None else found["unclosed"]
    boxes, box_notes = _boxes_of(found)
    notes = (*_label_notes(found, label), *box_notes)
    return Tag(label.strip() if label is not None else None, boxes, found.end(), notes)


def _label_notes(found: re.Match[str], label: str | None) -> list[str]:
    notes = []
    if not found["opened"]:
        notes.append("the label is never opened")
    elif len(found["opened"]) > len(REF_OPEN):
        notes.append(f"the label is opened {len(found['opened']) // len(REF_OPEN)} times")
    if found["label"] is None:
        notes.append("the label is not closed")
    elif not found["label"].strip():
        notes.append("the label is empty")
    if found["closed_again"]:
        notes.append(f"the label {quoted(label or '')} is closed again after {quoted(found['closed_again'])}")
    return notes


def _boxes_of(found: re.Match[str]) -> tuple[tuple[GridBox, ...], tuple[str, ...]]:
    if found["det"] is not None:
        return boxes_in(found["det"])
    if found["unclosed_det"] is not None:
        boxes, notes = boxes_in(found["unclosed_det"])
        return boxes, ("the box text is not closed", *notes)
    if found["unopened_det"] is not None:
        boxes, notes = boxes_in(found["unopened_det"])
        return boxes, ("the box text is not opened", *notes)
    return (), ("the tag has no boxes",)
