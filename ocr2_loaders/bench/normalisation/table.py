"""A table's HTML as it is compared: rows and cells without style, head or section."""

from __future__ import annotations

import html
import re
import unicodedata

from bs4 import BeautifulSoup
from bs4.element import Tag

_TABLE_CONTENT = re.compile(r"<table\b[^>]*>(.*)</table>", re.DOTALL | re.IGNORECASE)
_STYLE_ATTRIBUTES = tuple(re.compile(rf'( {name}=".*?")') for name in ("style", "height", "width", "align", "class"))
_BODY_TAG = re.compile(r"</?tbody>")
_SPACES = re.compile(r"\s+")
_INLINE_TAGS = tuple(tag for name in ("sup", "sub", "span", "div", "p") for tag in (f"<{name}>", f"</{name}>"))
_TAG_WITHOUT_ITS_SPACE = '<spandata-span-identity="">'
_COLUMN_GROUP = re.compile("<colgroup>.*?</colgroup>")


def normal_table(markup: str) -> str:
    """One HTML document around the table's cells; empty where the markup holds no table.

    Raises: bs4.exceptions.ParserRejectedMarkup on markup that cannot be read at all.
    """
    if "<table" not in markup.replace(" ", ""):
        return ""
    one_line = html.unescape(_with_plain_cells(markup)).replace("\n", "")
    content = "".join(_TABLE_CONTENT.findall(unicodedata.normalize("NFKC", one_line).strip()))
    return _without_inline_tags(f'<html><body><table border="1" >{_without_style(content)}</table></body></html>')


def _with_plain_cells(markup: str) -> str:
    soup = BeautifulSoup(markup, "html.parser")
    for header_cell in _tags(soup, "th"):
        header_cell.name = "td"
    for head in _tags(soup, "thead"):
        head.unwrap()
    for formula in _tags(soup, "math"):
        formula.replace_with(f"${formula.get('alttext', '')}$")
    for span in _tags(soup, "span"):
        span.unwrap()
    return str(soup)


def _tags(soup: BeautifulSoup, name: str) -> list[Tag]:
    return [tag for tag in soup.find_all(name) if isinstance(tag, Tag)]


def _without_style(content: str) -> str:
    for attribute in _STYLE_ATTRIBUTES:
        content = attribute.sub("", content)
    return _SPACES.sub(" ", _BODY_TAG.sub("", content))


def _without_inline_tags(document: str) -> str:
    for tag in (*_INLINE_TAGS, _TAG_WITHOUT_ITS_SPACE):
        document = document.replace(tag, "")
    return _COLUMN_GROUP.sub("", document)
