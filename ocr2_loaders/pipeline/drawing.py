"""Sources into page images, in order, one at a time: what the pages of a run are read from."""

from __future__ import annotations

from collections.abc import Container, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock

from ocr2_loaders.cache import PageCache, resumed
from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.filters import PageFilter, filtered
from ocr2_loaders.page_facts import PageFacts
from ocr2_loaders.pages import FailedPage, PageImage, RenderPool, page_images
from ocr2_loaders.settings import RenderSettings
from ocr2_loaders.sources import FailedSource, Source
from ocr2_loaders.transcription import TranscribedPage


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page of one source on its way to the engine, or past it where its transcript is known already.

    A source that failed as a whole is one failed page.
    """

    source: Source | FailedSource
    page: PageImage | FailedPage | TranscribedPage


@dataclass(frozen=True, slots=True)
class Drawing:
    """How pages become pictures in this run. Its methods wait for files and processes: call them in a thread."""

    settings: RenderSettings
    renderers: RenderPool
    filters: tuple[PageFilter, ...]
    with_text_layer: bool
    filtering: Lock
    """Filters, which may be anybody's, see one page at a time."""

    def pages_of(
        self, sources: Iterable[Source | FailedSource], cache: PageCache | None
    ) -> Generator[DrawnPage, None, None]:
        """Every page of every source, in order."""
        for source in sources:
            if isinstance(source, FailedSource):
                yield DrawnPage(source, FailedPage(0, None, source.error))
                continue
            for page in self._pages_or_error(source, cache):
                yield DrawnPage(source, page)
                del page  # its pixels are free for the next one

    def again(self, facts: PageFacts) -> PageImage | FailedPage:
        """One page anew. Raises: TypeError for a page that never was in a file."""
        if isinstance(facts.source, FailedSource):
            raise TypeError("only pages of a file can be drawn")
        only_this = self.settings.model_copy(update={"pages": str(facts.page_number), "max_pages": None})
        try:
            (image,) = replace(self, settings=only_this).images_of(facts.source)
        except Ocr2Error as error:
            return FailedPage(facts.page_index, None, error)
        return image

    def _pages_or_error(
        self, source: Source, cache: PageCache | None
    ) -> Iterator[PageImage | FailedPage | TranscribedPage]:
        """The pages of one document; what ends it early stands as a failed page in the place where it happened."""
        render = partial(self.images_of, source)
        next_index = 0
        try:
            for page in resumed(source, self.settings, cache, render) if cache else render():
                next_index = page.page_index + 1
                yield page
                del page
        except Ocr2Error as error:
            yield FailedPage(next_index, None, error)

    def images_of(self, source: Source, without: Container[int] = ()) -> Iterator[PageImage | FailedPage]:
        """The pages of one document, but for those whose indices are given. Raises: as `page_images`."""
        images = page_images(
            source,
            self.settings,
            with_text_layer=self.with_text_layer,
            renderers=self.renderers,
            without=without,
        )
        for image in images:
            yield self._filtered(image, source) if isinstance(image, PageImage) else image
            del image  # its pixels are free for the next one

    def _filtered(self, image: PageImage, source: Source) -> PageImage | FailedPage:
        if not self.filters:
            return image
        with self.filtering:
            return filtered(image, self.filters, source.name)
