"""Text that an XML file can hold."""

from __future__ import annotations

import re

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """`text` with the replacement character for each that XML has no way to write."""
    return _NOT_IN_XML.sub("\ufffd", text)
