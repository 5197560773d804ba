"""What errors advise, in the words of the command line: settings of the Python API under the names they have here."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from ocr2_loaders.blocks import PageResult
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.sources import FailedSource

_PYTHON = " (in Python only)"

_SETTINGS = {
    "sources": {
        "allow_private_addresses": "--allow-private-addresses",
        "max_bytes": f"max_bytes{_PYTHON}",
        "timeout_s": f"timeout_s{_PYTHON}",
    },
    "pages": {
        "give its password": "give its password in OCR2_PASSWORD or with --password",
        "max_pixels": f"max_pixels{_PYTHON}",
        "max_side_px": f"max_side_px{_PYTHON}",
        "page_timeout_s": f"page_timeout_s{_PYTHON}",
    },
    "engine": {
        "api_key": "OCR2_ENDPOINT_API_KEY",
        "base_urls": "--endpoint",
        "max_crops": f"max_crops{_PYTHON}",
        "max_in_flight": "OCR2_ENDPOINT_MAX_IN_FLIGHT",
        "max_new_tokens": "--max-tokens",
        "max_sequences": f"max_sequences{_PYTHON}",
        "max_tokens": "--max-tokens",
        "memory_share": f"memory_share{_PYTHON}",
        "ocr=True": f"ocr=True{_PYTHON}",
        "request_timeout_s": "OCR2_ENDPOINT_REQUEST_TIMEOUT_S",
        "server_url": "OCR2_UNSTRUCTURED_SERVER_URL",
        "timeout_s": "OCR2_UNSTRUCTURED_TIMEOUT_S",
        "transcripts": "--transcripts",
    },
}
"""By the stage of the error. A test holds all advice of the packages against it."""

E = TypeVar("E", bound=Ocr2Error)


def advice(hint: str, stage: str) -> str:
    """A hint of that stage, in the words of the command line."""
    names = _SETTINGS.get(stage, {})
    if not names:
        return hint
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.sub(rf"(?<![\w./-])(?:{either})(?![\w/-])", lambda found: names[found[0]], hint)


def worded(error: E) -> E:
    """The error, or where its hint names settings, a copy that names options in their place."""
    if not error.hint or (hint := advice(error.hint, error.stage)) == error.hint:
        return error
    told = copy.copy(error)
    told.hint = hint
    return told


def pages_worded(pages: Iterable[PageResult]) -> Iterator[PageResult]:
    """The same pages, their errors as `worded` has them."""
    for page in pages:
        yield _page_worded(page) if page.error else page


def _page_worded(page: PageResult) -> PageResult:
    source = page.source
    if isinstance(source, FailedSource):
        source = replace(source, error=worded(source.error))
    return replace(page.with_facts(source=source), error=page.error and worded(page.error))
