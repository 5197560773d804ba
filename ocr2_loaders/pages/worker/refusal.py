"""What a render process answers when a document or a page cannot be had."""

from __future__ import annotations


class Refusal(Exception):
    """`error` is the name of a class of `ocr2_loaders.errors`; `what` completes "report.pdf: page 3 …"."""

    def __init__(self, error: str, what: str) -> None:
        super().__init__(what)
        self.error = error
        self.what = what
