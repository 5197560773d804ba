"""How deep a document's numbering puts each heading, learnt as the headings come."""

from __future__ import annotations

from ocr2_loaders.structure.heading_number import HeadingNumber, Scheme, readings_of

_FURTHEST_JUMP = 3
"""Headings that the model missed, or that stand on pages left out."""
_NAMED = frozenset({Scheme.PART, Scheme.CHAPTER, Scheme.APPENDIX})
"""Ways that say what they number: a chapter lies in a part or in nothing, whatever a contents page counted before."""


class Numbering:
    """The numbered headings of one document so far.

    A way of numbering that is first seen with its first number, under a heading that is numbered in another way, lies
    within that one for the rest of the document: "A." within "II.", "1." within "Chapter 1".
    """

    def __init__(self) -> None:
        self._depth_above: dict[Scheme, int] = {}
        self._last: dict[Scheme, int] = {}
        self._open_depth = 0

    def depth_of(self, heading: str) -> int | None:
        """From 1; None where the heading has no number, or one that does not follow on those before."""
        for number in sorted(readings_of(heading), key=self._out_of_turn):
            if self._is_plausible(number):
                return self._taken(number)
        return None

    def close(self) -> None:
        """A heading outside all numbers, such as "References": what follows lies within none."""
        self._open_depth = 0

    def _out_of_turn(self, number: HeadingNumber) -> int:
        """0 for the next number of its scheme, 1 for the last one again."""
        last, top = self._last.get(number.scheme, 0), number.places[0]
        return 0 if top == last + 1 else 1 if top == last else 2

    def _is_plausible(self, number: HeadingNumber) -> bool:
        last = self._last.get(number.scheme)
        top = number.places[0]
        return last is None or top == 1 or last <= top <= last + _FURTHEST_JUMP

    def _taken(self, number: HeadingNumber) -> int:
        scheme, places = number.scheme, number.places
        if scheme not in self._depth_above:
            begins = places == (1,) and scheme not in _NAMED
            self._depth_above[scheme] = self._open_depth if begins else self._guessed_depth_above(scheme)
        self._last[scheme] = places[0]
        if scheme is Scheme.APPENDIX:
            self._depth_above[Scheme.LETTER] = self._depth_above[scheme]
            self._last[Scheme.LETTER] = places[0]
        self._open_depth = self._depth_above[scheme] + len(places)
        return self._open_depth

    def _guessed_depth_above(self, scheme: Scheme) -> int:
        """Where it begins with a later number: the pages before are missing, or it goes on counting over chapters."""
        within = {Scheme.CHAPTER: Scheme.PART, Scheme.SECTION: Scheme.CHAPTER}.get(scheme)
        return self._depth_above[within] + 1 if within in self._depth_above else 0
