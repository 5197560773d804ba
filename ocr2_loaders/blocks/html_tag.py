"""What counts as an HTML tag in the model's text. Much that begins like one is text: `a <b and c> d`, `i<j`, `<T>`."""

from __future__ import annotations

TABLE_PARTS = "table|thead|tbody|tfoot|tr|td|th"
STYLES = {"sup": "sup", "sub": "sub", "b": "b", "strong": "b", "i": "i", "em": "i", "u": "u"}
"""Tags that only change how words look, and what each is written as here."""
LINE_BREAKS = ("br", "p", "div", "li")

_ATTRIBUTES = r"""(?:\s++[\w:-]++\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>]++))*+\s*+"""

_TABLE_ATTRIBUTES = r"(?:\s[^<>=]*+=[^<>]*+|\s*+/?)"

TABLE_TAG = rf"</?(?:{TABLE_PARTS}){_TABLE_ATTRIBUTES}>"
OPENING_TABLE_TAG = rf"<(?:{TABLE_PARTS}){_TABLE_ATTRIBUTES}>"
TABLE_EDGE = rf"<(/?)table{_TABLE_ATTRIBUTES}>"
TEXT_TAG = rf"</?(?:{'|'.join((*STYLES, *LINE_BREAKS))}|center|span|caption){_ATTRIBUTES}/?>"
"""Attributes need a value, here in the strict form; words alone are words of the text."""
