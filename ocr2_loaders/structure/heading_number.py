"""The number that a heading begins with: "2.1", "IV.", "A.", "Chapter 3", "§ 7", "第三章", "一、"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """Ways to number headings; a document may nest one within another."""

    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    APPENDIX = "appendix"
    DECIMAL = "decimal"
    PARENTHESIS = "parenthesis"
    ROMAN = "roman"
    LETTER = "letter"
    CHINESE = "chinese"
    CHINESE_PARENTHESIS = "chinese parenthesis"


@dataclass(frozen=True, slots=True)
class HeadingNumber:
    """`places` are the components, from 1: (2, 1) for "2.1". `end` is where the heading's own words begin."""

    scheme: Scheme
    places: tuple[int, ...]
    end: int = 0


_CHINESE_DIGITS = "〇一二三四五六七八九"
_CHINESE = r"[一二三四五六七八九十百]{1,5}"
_ROMAN = r"[IVXLC]{1,7}"
_VALUE = rf"[0-9]{{1,3}}|{_ROMAN}(?![A-Za-z])|[A-Z](?![A-Za-z])"
_WORDS = {
    Scheme.PART: "part|book|teil|buch|partie|parte",
    Scheme.CHAPTER: "chapter|kapitel|chapitre|cap[ií]tulo|capitolo|hoofdstuk",
    Scheme.SECTION: "section|abschnitt|article|artikel|art[ií]culo|secci[oó]n|§",
    Scheme.APPENDIX: "appendix|annex|anhang|anlage|annexe|ap[eé]ndice|appendice",
}
_WORDED = [
    (scheme, re.compile(rf"(?:{words})(?:\s+|(?<=§))({_VALUE})(?:[.):]|\s|\Z)", re.IGNORECASE))
    for scheme, words in _WORDS.items()
]
_CHINESE_WORDED = re.compile(rf"第\s*({_CHINESE}|[0-9]{{1,3}})\s*([编編部章节節条條])")
_CHINESE_SCHEMES = {
    **dict.fromkeys("编編部", Scheme.PART),
    "章": Scheme.CHAPTER,
    **dict.fromkeys("节節条條", Scheme.SECTION),
}
_CHINESE_LISTED = re.compile(rf"({_CHINESE})\s*[、.．]")
_CHINESE_IN_PARENTHESES = re.compile(rf"[(（]\s*({_CHINESE})\s*[)）]")
_DECIMAL = re.compile(
    r"([0-9]{1,2}(?:\.[0-9]{1,3}){0,5})(\.(?=\s|[^\s0-9])|[)、]|[：:](?![0-9])|(?=\s|[^\s0-9.,%°/-]))\s*(?=\S)"
)
_IN_PARENTHESES = re.compile(r"\(?([0-9]{1,2})\)\s*(?=\S)")
_LETTERED = re.compile(r"([A-Z](?:\.[0-9]{1,2}){0,5})(\.|\)|(?=\s))\s+(?=\S)")
_ROMAN_DOTTED = re.compile(rf"({_ROMAN})(\.|\))\s+(?=\S)")
_ROMAN_VALUE = re.compile(r"(?=[IVXLC])(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LARGEST = 60
"""More chapters than this are a year, an amount or a house number."""


def readings_of(heading: str) -> tuple[HeadingNumber, ...]:
    """What the beginning of a heading may number it by, the likelier first; "C." is a letter or a hundred."""
    return tuple(number for number in _readings(heading) if all(0 < place <= _LARGEST for place in number.places))


def _readings(heading: str) -> list[HeadingNumber]:
    first = heading[:1]
    if first.isdecimal():
        return _decimal(heading)
    if first in "(（":
        return _parenthesised(heading)
    if not first.isascii() or not first.isalpha():
        return _chinese(heading) or _worded(heading)
    return _worded(heading) or _roman_or_letter(heading)


def _decimal(heading: str) -> list[HeadingNumber]:
    found = _DECIMAL.match(heading)
    if not found:
        return []
    places = tuple(map(int, found[1].split(".")))
    rest = heading[found.end() :]
    if len(places) == 1 and not found[2] and not _begins_title(rest):
        return []
    scheme = Scheme.PARENTHESIS if found[2] == ")" else Scheme.DECIMAL
    return [HeadingNumber(scheme, places, found.end())]


def _begins_title(words: str) -> bool:
    """Small letters behind a bare number are "5 mm"; scripts without capitals have no small letters either."""
    return words[:1].isalpha() and not words[:1].islower()


def _parenthesised(heading: str) -> list[HeadingNumber]:
    if found := _IN_PARENTHESES.match(heading):
        return [HeadingNumber(Scheme.PARENTHESIS, (int(found[1]),), found.end())]
    if found := _CHINESE_IN_PARENTHESES.match(heading):
        return [HeadingNumber(Scheme.CHINESE_PARENTHESIS, (_chinese_value(found[1]),), found.end())]
    return []


def _chinese(heading: str) -> list[HeadingNumber]:
    if found := _CHINESE_WORDED.match(heading):
        value = int(found[1]) if found[1].isdecimal() else _chinese_value(found[1])
        return [HeadingNumber(_CHINESE_SCHEMES[found[2]], (value,), found.end())]
    if found := _CHINESE_LISTED.match(heading):
        return [HeadingNumber(Scheme.CHINESE, (_chinese_value(found[1]),), found.end())]
    return []


def _worded(heading: str) -> list[HeadingNumber]:
    for scheme, pattern in _WORDED:
        if found := pattern.match(heading):
            return [HeadingNumber(scheme, (_value(found[1]),), found.end())]
    return []


def _roman_or_letter(heading: str) -> list[HeadingNumber]:
    readings = []
    if (found := _ROMAN_DOTTED.match(heading)) and (value := roman_value(found[1])):
        readings.append(HeadingNumber(Scheme.ROMAN, (value,), found.end()))
    if found := _LETTERED.match(heading):
        letter, *rest = found[1].split(".")
        if rest or found[2]:
            readings.append(HeadingNumber(Scheme.LETTER, (_letter_value(letter), *map(int, rest)), found.end()))
    return readings


def _value(written: str) -> int:
    if written.isdecimal():
        return int(written)
    return roman_value(written.upper()) or _letter_value(written.upper())


def _letter_value(letter: str) -> int:
    return ord(letter[0]) - ord("A") + 1


def roman_value(written: str) -> int | None:
    """Below 100, in capitals; None for what is no such number."""
    if not _ROMAN_VALUE.fullmatch(written):
        return None
    digits = [_ROMAN_DIGITS[letter] for letter in written]
    return sum(-here if here < after else here for here, after in zip(digits, [*digits[1:], 0], strict=True))


def _chinese_value(written: str) -> int:
    """Below 1,000; 0 for what is no number."""
    total = digit = 0
    for char in written:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _CHINESE_DIGITS.index(char)
    return total + digit
