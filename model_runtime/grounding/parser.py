"""Transcript text into grounded spans: incremental, lossless, in linear time."""

from __future__ import annotations

from collections.abc import Iterator

from model_runtime.grounding.span import GroundedSpan
from model_runtime.grounding.tag import Tag, headless_tag_after, stray_token, stripped_tags, tag_at
from model_runtime.vocabulary import REF_OPEN

_PARTIAL = len(REF_OPEN) - 1


class GroundingParser:
    """Turns transcript text, in pieces of any size, into spans.

    Every character of the transcript is in exactly one span, in order: the joined tags and bodies are the transcript.
    So there is no report beside the spans; what is odd about one stands in its notes. The spans do not depend on how
    the text was cut into pieces. A span is complete when the next tag begins; text without tags, and a transcript that
    lost its special tokens, come with `close`. No text raises, and the time it takes is linear in its length.
    """

    def __init__(self) -> None:
        self._start = 0
        self._pieces: list[str] = []
        self._num_held = 0
        self._num_opens = 0
        self._partial = ""

    def feed(self, delta: str) -> list[GroundedSpan]:
        """The spans that `delta` completed."""
        spans: list[GroundedSpan] = []
        text = self._partial + delta
        kept = 0
        found = text.find(REF_OPEN)
        while found >= 0:
            if not self._holds_only_opens(found - kept):
                self._hold(text[kept:found])
                spans += self._complete()
                kept = found
            self._num_opens += 1
            found = text.find(REF_OPEN, found + len(REF_OPEN))
        cut = _start_of_partial_token(text, kept)
        self._hold(text[kept:cut])
        self._partial = text[cut:]
        return spans

    def close(self) -> list[GroundedSpan]:
        """The spans that the end of the transcript completed. The parser is then ready for another transcript."""
        self._hold(self._partial)
        spans = self._complete() if self._num_held else []
        self._start = 0
        self._partial = ""
        return spans

    def _holds_only_opens(self, num_more: int) -> bool:
        """Whether all text held, and `num_more` characters that follow it, are opening tokens: they open one tag."""
        return self._num_held + num_more == self._num_opens * len(REF_OPEN)

    def _hold(self, piece: str) -> None:
        self._pieces.append(piece)
        self._num_held += len(piece)

    def _complete(self) -> list[GroundedSpan]:
        spans = _spans_of("".join(self._pieces), self._start)
        self._start += self._num_held
        self._pieces.clear()
        self._num_held = self._num_opens = 0
        return spans


def parse(transcript: str) -> tuple[GroundedSpan, ...]:
    """All spans of a whole transcript; joined, their tags and bodies are the transcript."""
    parser = GroundingParser()
    return (*parser.feed(transcript), *parser.close())


def _start_of_partial_token(text: str, kept: int) -> int:
    """Where the last characters of `text` may be the beginning of an opening token; its end where they are none."""
    start = text.rfind("<", max(kept, len(text) - _PARTIAL))
    return start if start >= 0 and REF_OPEN.startswith(text[start:]) else len(text)


def _spans_of(text: str, start: int) -> list[GroundedSpan]:
    """The spans of text that holds at most one opening token, at its beginning."""
    tags = (start == 0 and stripped_tags(text)) or list(_tags_of(text))
    if not tags:
        return [_span(None, text, 0, start)]
    first = tags[0][0]
    spans = [_span(None, text[:first], 0, start)] if first else []
    ends = [*(begin for begin, _ in tags[1:]), len(text)]
    for (begin, tag), end in zip(tags, ends, strict=True):
        spans.append(_span(tag, text[begin:end], tag.end - begin, start + begin))
    return spans


def _tags_of(text: str) -> Iterator[tuple[int, Tag]]:
    """Each tag with its beginning: the one that opens `text`, and those that lost their first token."""
    begin = 0 if text.startswith(REF_OPEN) else headless_tag_after(text, 0)
    while begin is not None:
        tag = tag_at(text, begin)
        yield begin, tag
        begin = headless_tag_after(text, tag.end) if text.find("<|", tag.end) >= 0 else None


def _span(tag: Tag | None, text: str, length: int, start: int) -> GroundedSpan:
    """The span of `text`, whose first `length` characters are its tag."""
    body = text[length:]
    stray = stray_token(body) if "<|" in body else None
    notes = (f"a stray {stray} stands in the text",) if stray else ()
    if tag is None:
        return GroundedSpan(None, (), "", body, start, notes)
    return GroundedSpan(tag.label, tag.boxes, text[:length], body, start, (*tag.notes, *notes))
