"""Pages of one document, read from the model's markup, for tests of what is made of whole documents."""

from __future__ import annotations

from dataclasses import replace

from ocr2_loaders.blocks import blocks_of
from ocr2_loaders.blocks.page_result import PageResult
from tests.support.results import page_result


def span(label: str, body: str, box: str = "100, 100, 900, 200") -> str:
    return f"<|ref|>{label}<|/ref|><|det|>[[{box}]]<|/det|>\n{body}\n\n"


def document_pages(*transcripts: str) -> list[PageResult]:
    """One page for each transcript, 300 by 400 points and twice as many pixels."""
    return [_page(index, transcript, len(transcripts)) for index, transcript in enumerate(transcripts)]


def _page(index: int, transcript: str, num_pages: int) -> PageResult:
    page = page_result(page_index=index, num_pages=num_pages, width_px=600, height_px=800, transcript=transcript)
    return replace(page, blocks=blocks_of(transcript, page_index=index, file_sha256="0" * 64))
