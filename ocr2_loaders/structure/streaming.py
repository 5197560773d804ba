"""Pages into structured pages: one after the other, or a whole document at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ocr2_loaders.blocks.page_result import PageResult
from ocr2_loaders.structure.captions import caption_links
from ocr2_loaders.structure.document_end import documents_of
from ocr2_loaders.structure.heading import Heading, HeadingReader
from ocr2_loaders.structure.heading_path import HeadingPath
from ocr2_loaders.structure.levels import Levels
from ocr2_loaders.structure.page_end import PageEnd
from ocr2_loaders.structure.run_page import RunPage
from ocr2_loaders.structure.running import NEIGHBOURS, run_pages
from ocr2_loaders.structure.structured_block import StructuredBlock
from ocr2_loaders.structure.structured_page import StructuredDocument, StructuredPage

_LOOK_AHEAD = 2
"""Pages: the least that shows a line of left pages on a left page again."""


def structured_pages(pages: Iterable[PageResult]) -> Iterator[StructuredPage]:
    """Each page as soon as it can be, in the same order; a new source begins a new document.

    A page is settled by itself and the pages before it. It waits for no more than two later ones, and only while a
    short line in its margins may turn out to be a running header or footer.
    """
    for document in documents_of(pages, lambda page: page):
        levels, reader, assembly = Levels(), HeadingReader(), _Assembly()
        for page in run_pages(document, look_ahead=_LOOK_AHEAD):
            headings = reader.headings_of(page.page, page.text_blocks)
            for heading in headings:
                levels.learn(heading)
            yield assembly.structured(page, headings, levels)


def structured_document(pages: Iterable[PageResult]) -> StructuredDocument:
    """The pages of one source, settled with all of them in view: levels by all headings of the document."""
    levels, reader, assembly = Levels(), HeadingReader(), _Assembly()
    settled = [
        (page, reader.headings_of(page.page, page.text_blocks)) for page in run_pages(pages, look_ahead=NEIGHBOURS)
    ]
    for _, headings in settled:
        for heading in headings:
            levels.learn(heading)
    return StructuredDocument(tuple(assembly.structured(page, headings, levels) for page, headings in settled))


class _Assembly:
    """Puts together what is known of the pages of one document, in their order."""

    def __init__(self) -> None:
        self._path = HeadingPath()
        self._end = PageEnd()

    def structured(self, page: RunPage, headings: Sequence[Heading], levels: Levels) -> StructuredPage:
        level_of = {heading.block_id: levels.level_of(heading) for heading in headings}
        captions = caption_links(page.text_blocks)
        continued = self._end.continued_on(page)
        blocks = []
        for block in page.page.blocks:
            level = level_of.get(block.id)
            if level is not None:
                self._path.enter(level, block.text)
            goes_on = continued.get(block.id)
            blocks.append(
                StructuredBlock(
                    block,
                    self._path.headings,
                    level,
                    captions.captions_of.get(block.id, ()),
                    captions.captioned_by.get(block.id, ()),
                    is_running=block.id in page.running_ids,
                    continues_id=goes_on.continues_id if goes_on else None,
                    num_repeated_header_rows=goes_on.num_repeated_header_rows if goes_on else 0,
                )
            )
        return StructuredPage(page.page, tuple(blocks), page.printed_label)
