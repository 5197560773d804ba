"""Page numbers as they are printed."""

from __future__ import annotations

import re

from ocr2_loaders.structure.heading_number import roman_value

_BEFORE = r"(?:page|pg\.|p\.|seite|s\.|página|pagina|pág\.|стр\.|第)?"
_NUMBER = r"(?P<number>[0-9]{1,5}|[ivxlc]{1,8}|[IVXLC]{1,8}|[A-Z]{1,2}[-.][0-9]{1,4})"
_BEHIND = r"(?:(?:of|von|de|di|van|/|\||of about)\s*[0-9]{1,5}|页|頁|ページ)?"
_DECORATION = r"[\s\-\u2010-\u2015·•*|~\[\]()<>]*"
_ALONE = re.compile(
    rf"{_DECORATION}(?i:{_BEFORE})\s*{_NUMBER}\s*(?i:{_BEHIND}){_DECORATION}",
)
_AT_AN_END = re.compile(r"\A\W*([0-9]{1,5})(?=[\s|])|(?<=[\s|])([0-9]{1,5})\W*\Z")
_LONGEST = 40


def number_alone(text: str) -> str | None:
    """The page number that a line consists of, as it is written: "12", "xiv", "A-3"; None where there is more."""
    found = _ALONE.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        return None
    number = found["number"]
    if number.isalpha() and not roman_value(number.upper()):
        return None
    return number


def numbers_at_ends(text: str) -> tuple[str, ...]:
    """Numbers that begin or end a line, as in "12  Chapter one": each may be the page's."""
    return tuple(found[1] or found[2] for found in _AT_AN_END.finditer(text))


def value_of(number: str) -> int | None:
    """What a printed number counts; None for one such as "A-3"."""
    return int(number) if number.isdecimal() else roman_value(number.upper())
