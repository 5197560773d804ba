"""One SQLite file that keeps records of pages: safe for several processes, bounded in size, whole after any crash."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ocr2_loaders.settings import CacheSettings

_FILE = "pages-v1.sqlite"
"""The version goes up with the tables, so that two versions of this program leave each other's file alone."""
_PATIENCE_S = 30.0
"""How long another process may hold the file."""
_FULL = 0.9
"""The share of the limit that is left when old pages made room, so that not every new page has to."""

_TABLES = """
CREATE TABLE IF NOT EXISTS pages (
    document TEXT NOT NULL,
    page_index INTEGER NOT NULL,
    num_pages INTEGER NOT NULL,
    record BLOB NOT NULL,
    used_at REAL NOT NULL,
    PRIMARY KEY (document, page_index)
);
CREATE INDEX IF NOT EXISTS by_use ON pages (used_at);
CREATE TABLE IF NOT EXISTS total (num_bytes INTEGER NOT NULL);
INSERT INTO total SELECT 0 WHERE NOT EXISTS (SELECT * FROM total);
CREATE TRIGGER IF NOT EXISTS grow AFTER INSERT ON pages
    BEGIN UPDATE total SET num_bytes = num_bytes + length(NEW.record); END;
CREATE TRIGGER IF NOT EXISTS shrink AFTER DELETE ON pages
    BEGIN UPDATE total SET num_bytes = num_bytes - length(OLD.record); END;
"""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What lies in a store. `num_bytes` is what the pages take, without what the file needs besides."""

    path: Path
    num_documents: int
    num_pages: int
    num_bytes: int


class PageKey(NamedTuple):
    """Where a record belongs: `document` names the file's content and all that decides how its pages come out."""

    document: str
    page_index: int


class PageStore(AbstractContextManager["PageStore"]):
    """Records by document and page. Every method may raise `sqlite3.Error`, and making one also `OSError`.

    What `put` returned from outlives a crash of this program at any moment, though perhaps not one of the machine.
    """

    def __init__(self, settings: CacheSettings) -> None:
        self._max_bytes = settings.max_bytes
        self.path = settings.folder / _FILE
        settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL, 0o600))
        # One thread at a time uses a run and what it holds, but not always the one that made it.
        self._connection = sqlite3.connect(
            self.path, timeout=_PATIENCE_S, isolation_level=None, check_same_thread=False
        )
        _set_up(self._connection)

    def num_pages_of(self, document: str) -> int | None:
        """How many pages the document has, None where no page of it is kept."""
        row = self._connection.execute("SELECT num_pages FROM pages WHERE document = ? LIMIT 1", (document,)).fetchone()
        return int(row[0]) if row else None

    def records(self, document: str, first: int, last: int) -> dict[int, bytes]:
        """The records of the pages from `first` to `last`, both included, that are kept; they count as used now."""
        where = (document, first, last)
        with self._writing():
            self._connection.execute(
                "UPDATE pages SET used_at = ? WHERE document = ? AND page_index BETWEEN ? AND ?", (time.time(), *where)
            )
            rows = self._connection.execute(
                "SELECT page_index, record FROM pages WHERE document = ? AND page_index BETWEEN ? AND ?", where
            )
            return dict(rows.fetchall())

    def put(self, key: PageKey, num_pages: int, record: bytes) -> None:
        """Keeps a record in place of an older one; the pages not used for the longest make room."""
        with self._writing():
            self._connection.execute("DELETE FROM pages WHERE document = ? AND page_index = ?", key)
            self._connection.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?)", (*key, num_pages, record, time.time()))
            if self._num_bytes() > self._max_bytes:
                self._make_room()

    def facts(self) -> StoreFacts:
        """Where the store is, and how much lies in it now."""
        counting = "SELECT count(DISTINCT document), count(*) FROM pages"
        num_documents, num_pages = self._connection.execute(counting).fetchone()
        return StoreFacts(self.path, num_documents, num_pages, self._num_bytes())

    def clear(self) -> None:
        """Forgets all pages and gives their room back to the disk."""
        with self._writing():
            self._connection.execute("DELETE FROM pages")
        self._connection.execute("VACUUM")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file; nothing may be asked of the store after that."""
        self._connection.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _num_bytes(self) -> int:
        return int(self._connection.execute("SELECT num_bytes FROM total").fetchone()[0])

    def _make_room(self) -> None:
        excess = self._num_bytes() - _FULL * self._max_bytes
        oldest = []
        with closing(self._connection.execute("SELECT rowid, length(record) FROM pages ORDER BY used_at")) as rows:
            for row_id, num_bytes in rows:
                oldest.append((row_id,))
                excess -= num_bytes
                if excess <= 0:
                    break
        self._connection.executemany("DELETE FROM pages WHERE rowid = ?", oldest)
        self._connection.execute("PRAGMA incremental_vacuum")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, from the start with the right to write: two that read first could block each other."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # SQLite itself may have ended it, on a full disk for instance
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switches the file to its write-ahead log; while another process does the same, SQLite does not wait by itself."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
