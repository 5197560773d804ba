"""Accents as Word's own, close above their letter; mathml2omml writes them as limits and braces."""

from __future__ import annotations

from lxml import etree

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMBINING = {
    "^": "\u0302",
    "~": "\u0303",
    "¯": "\u0305",
    "―": "\u0305",
    "→": "\u20d7",
    "˙": "\u0307",
    "¨": "\u0308",
    "ˇ": "\u030c",
    "˘": "\u0306",
    "´": "\u0301",
    "`": "\u0300",
}
"""By the mark that MathML has above a letter: the combining character that Word wants."""


def with_accents(equation: etree._Element) -> etree._Element:
    """`equation` with marks above letters written as `m:acc`; changed in place."""
    for element in list(equation.iter(f"{_M}limUpp", f"{_M}groupChr")):
        combining = _COMBINING.get(_mark(element))
        base = element.find(f"{_M}e")
        if combining and base is not None:
            _rewrite(element, base, combining)
    return equation


def _mark(element: etree._Element) -> str:
    """What stands above the base; nothing for what stands below it."""
    limit = element.find(f"{_M}lim")
    if limit is not None:
        return "".join(map(str, limit.itertext()))
    character, position = element.find(f"{_M}groupChrPr/{_M}chr"), element.find(f"{_M}groupChrPr/{_M}pos")
    if character is None or position is None or position.get(f"{_M}val") != "top":
        return ""
    return character.get(f"{_M}val") or ""


def _rewrite(element: etree._Element, base: etree._Element, combining: str) -> None:
    tail = element.tail
    element.clear()
    element.tag, element.tail = f"{_M}acc", tail
    properties = etree.SubElement(element, f"{_M}accPr")
    etree.SubElement(properties, f"{_M}chr").set(f"{_M}val", combining)
    element.append(base)
