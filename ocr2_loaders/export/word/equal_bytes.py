"""A zip file that depends on what is in it and not on the clock."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file can name."""


def with_equal_bytes(archive: bytes) -> bytes:
    """The same files in the same order, all of the same date."""
    result = BytesIO()
    with ZipFile(BytesIO(archive)) as given, ZipFile(result, "w") as equal:
        for name in given.namelist():
            equal.writestr(ZipInfo(name, _EARLIEST), given.read(name), ZIP_DEFLATED)
    return result.getvalue()
