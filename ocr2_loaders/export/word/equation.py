"""LaTeX as Word's own equations (Office Math Markup), through MathML."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring
from xml.sax import SAXException

import mathml2omml
from docx.oxml.parser import parse_xml
from lxml import etree

from ocr2_loaders.export.mathml import mathml_of
from ocr2_loaders.export.word.accents import with_accents

_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WRAPPED = f'<w:p xmlns:w="{_WORD}" xmlns:m="{_MATH}">%s</w:p>'
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def equation_of(latex: str, *, is_display: bool) -> etree._Element | None:
    """An `m:oMath` element, in an `m:oMathPara` for a formula on lines of its own; None for LaTeX that is none."""
    math = mathml_of(latex, is_display=is_display)
    if math is None:
        return None
    try:
        equation = _office_math(math)
    except (SAXException, etree.XMLSyntaxError, RecursionError, LookupError, ValueError, AttributeError, TypeError):
        return None  # mathml2omml has no errors of its own
    return _displayed(equation) if is_display else equation


def _office_math(math: Element) -> etree._Element:
    for fraction in math.findall(".//mfrac[@linethickness='0']"):
        _stack(fraction)
    omml = mathml2omml.convert(tostring(math, encoding="unicode"))
    # mathml2omml 0.0.2 closes these properties with the name of the element around them
    for position in ("top", "bot"):
        omml = omml.replace(f'<m:pos m:val="{position}"/></m:groupChr>', f'<m:pos m:val="{position}"/></m:groupChrPr>')
    equation: etree._Element = parse_xml(_WRAPPED % omml)[0]
    for text in equation.iter(f"{{{_MATH}}}t"):
        text.set(_SPACE, "preserve")
    return with_accents(equation)


def _stack(fraction: Element) -> None:
    """A fraction without a bar, as in a binomial coefficient, becomes two rows: mathml2omml would draw the bar."""
    parts = list(fraction)
    fraction.clear()
    fraction.tag = "mtable"
    for part in parts:
        SubElement(SubElement(fraction, "mtr"), "mtd").append(part)


def _displayed(equation: etree._Element) -> etree._Element:
    paragraph = equation.makeelement(f"{{{_MATH}}}oMathPara", nsmap={"m": _MATH})
    paragraph.append(equation)
    return paragraph
