"""The elements and attributes that exported HTML is made of, and nothing else."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ocr2_loaders.export.mathml import LAYOUT
from ocr2_loaders.export.xml_text import xml_text

if TYPE_CHECKING:
    import nh3

_TEXT_TAGS = "b br code h1 h2 h3 h4 h5 h6 i ol p pre sub sup table tbody td tfoot th thead tr u ul li math"
_FORMULA_TAGS = (
    "menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle "
    "msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
_ATTRIBUTES = {
    "li": {"value"},
    "math": {"alttext", "display"},
    "p": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
"""No address, no event and no style is among them."""


def sanitised(html: str) -> str:
    """`html` with nothing active in it; an element that is not known leaves its text."""
    return _cleaner().clean(xml_text(html))


@cache
def _cleaner() -> nh3.Cleaner:
    """The second wall, not the first: by then text is escaped, and tables are made anew from their cells."""
    import nh3

    attributes = {tag: set(LAYOUT) for tag in _FORMULA_TAGS.split()} | _ATTRIBUTES
    return nh3.Cleaner(
        tags=set(_TEXT_TAGS.split()).union(_FORMULA_TAGS.split()),
        attributes=attributes,
        url_schemes=set(),
        link_rel=None,
    )
