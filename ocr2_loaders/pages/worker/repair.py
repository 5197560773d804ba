"""PDFs that PDFium does not open, written anew by qpdf, which looks harder for the objects of a damaged file."""

from __future__ import annotations

import mmap
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ocr2_loaders.pages.worker.refusal import Refusal

if TYPE_CHECKING:
    import pikepdf

    from ocr2_loaders.pages.messages import Message

_SPARE_BYTES = 16 << 20


def written_anew(request: Message) -> Message:
    """Write a repaired copy of the file at `path` to `copy`, encrypted as the original is.

    Raises: Refusal; then what is at `copy`, if anything, is not to be used.
    """
    import pikepdf

    password = request["password"] or ""
    try:
        with _bounded_output(request["path"]), pikepdf.open(request["path"], password=password) as pdf:
            num_pages = 0 if _has_lost_its_encryption(pdf, request["path"]) else len(pdf.pages)
            pdf.save(request["copy"], encryption=pdf.is_encrypted)
    except pikepdf.PasswordError:
        if password:
            raise Refusal("PasswordRejected", "is damaged, and did not open with the given password") from None
        raise Refusal("PasswordNeeded", "is damaged and encrypted, and needs a password") from None
    except (pikepdf.PdfError, ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise Refusal("DamagedDocument", "cannot be repaired") from error
    if num_pages < 1:
        raise Refusal("DamagedDocument", "has no pages that could be repaired")
    return {"num_pages": num_pages}


def _has_lost_its_encryption(pdf: pikepdf.Pdf, path: str) -> bool:
    """Whether it is read as if it were plain, which makes noise of every page."""
    if pdf.is_encrypted:
        return False
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:  # noqa: PTH123
        return content.find(b"/Encrypt") >= 0


@contextmanager
def _bounded_output(path: str) -> Iterator[None]:
    """No file larger than the original and a little more: what is repaired is not unpacked."""
    limit = 2 * os.stat(path).st_size + _SPARE_BYTES  # noqa: PTH116 - a worker knows paths as text
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
