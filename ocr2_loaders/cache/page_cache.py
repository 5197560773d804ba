"""The cache of one run: pages that are known already, and new ones that become so."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock

from ocr2_loaders.cache.key import DocumentKeys
from ocr2_loaders.cache.record import is_record, page_from, record_of
from ocr2_loaders.cache.store import PageKey, PageStore
from ocr2_loaders.settings import CacheSettings
from ocr2_loaders.sources.source import Source
from ocr2_loaders.transcription import PageStatus, TranscribedPage

log = logging.getLogger(__name__)


class PageCache(AbstractContextManager["PageCache"]):
    """Never raises: a cache that cannot be read or written is a run without a cache, and the log says so once."""

    def __init__(self, settings: CacheSettings, keys: DocumentKeys) -> None:
        self._keys = keys
        self._folder = settings.folder
        self._store: PageStore | None = None
        self._using = Lock()  # pages are looked up in one thread and kept in another
        with self._or_without():
            self._store = PageStore(settings)

    def num_pages_of(self, source: Source) -> int | None:
        """How many pages the source has; None where nothing is known of it."""
        with self._or_without():
            if self._store:
                return self._store.num_pages_of(self._keys.key(source))
        return None

    def known(self, source: Source, indices: Sequence[int]) -> dict[int, bytes]:
        """The records, for `page`, of those of the pages that are known. `indices` are in order."""
        with self._or_without():
            if self._store and indices:
                records = self._store.records(self._keys.key(source), indices[0], indices[-1])
                return {index: records[index] for index in indices if index in records and is_record(records[index])}
        return {}

    def page(self, record: bytes, source: Source) -> TranscribedPage:
        """The page in a record that is `known`."""
        return page_from(record, source)

    def keep(self, page: TranscribedPage) -> None:
        """Keeps a page that was read just now, unless it may come out better another time."""
        if isinstance(page.source, Source) and page.num_pages is not None and _is_lasting(page):
            with self._or_without():
                if self._store:
                    key = PageKey(self._keys.key(page.source), page.page_index)
                    self._store.put(key, page.num_pages, record_of(page))

    def close(self) -> None:
        """Close the store; later calls find and keep nothing."""
        if self._store:
            self._store.close()
            self._store = None

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _or_without(self) -> Iterator[None]:
        try:
            with self._using:
                yield
        except (sqlite3.Error, OSError) as error:
            log.warning("the cache in %s cannot be used, going on without it: %s", self._folder, error)
            self.close()


def _is_lasting(page: TranscribedPage) -> bool:
    return page.status is not PageStatus.FAILED and all(attempt.is_lasting for attempt in page.attempts)
