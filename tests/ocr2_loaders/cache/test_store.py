from __future__ import annotations

import shutil
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ocr2_loaders.cache import PageStore
from ocr2_loaders.cache.store import PageKey
from ocr2_loaders.settings import CacheSettings
from tests.support.cli import ROOT
from tests.support.patience import patient


def settings(folder: Path, **more: int) -> CacheSettings:
    return CacheSettings(folder=folder / "cache", **more)


def test_what_was_put_is_there_for_the_next_one_who_looks(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path)) as store:
        store.put(PageKey("a", 3), 9, b"three")
        store.put(PageKey("a", 5), 9, b"five")
        store.put(PageKey("b", 3), 4, b"other")
    with PageStore(settings(tmp_path)) as store:
        assert store.records("a", 0, 8) == {3: b"three", 5: b"five"}
        assert store.records("a", 4, 8) == {5: b"five"}
        assert (store.num_pages_of("a"), store.num_pages_of("b"), store.num_pages_of("c")) == (9, 4, None)


def test_a_page_put_twice_is_there_once(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path)) as store:
        store.put(PageKey("a", 0), 1, b"old and long")
        store.put(PageKey("a", 0), 1, b"new")
        assert store.records("a", 0, 0) == {0: b"new"}
        assert (store.facts().num_pages, store.facts().num_bytes) == (1, 3)


def test_pages_not_used_for_the_longest_make_room(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path, max_bytes=1000)) as store:
        for index in range(9):
            store.put(PageKey("a", index), 20, b"x" * 100)
        store.records("a", 0, 1)
        store.put(PageKey("a", 9), 20, b"x" * 100)
        store.put(PageKey("a", 10), 20, b"x" * 100)
        assert set(store.records("a", 0, 20)) == {0, 1, 4, 5, 6, 7, 8, 9, 10}
        assert store.facts().num_bytes == 900


def test_it_never_holds_more_than_it_may(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path, max_bytes=1 << 20)) as store:
        for index in range(300):
            store.put(PageKey("a", index), 300, bytes(20_000))
            assert store.facts().num_bytes <= 1 << 20
        assert 299 in store.records("a", 0, 299)
        assert _size(store) < 8 << 20


def test_clearing_gives_the_room_back(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path)) as store:
        for index in range(50):
            store.put(PageKey("a", index), 50, bytes(20_000))
        full = _size(store)
        store.clear()
        assert (store.facts().num_pages, store.facts().num_bytes) == (0, 0)
        assert _size(store) < full / 4


def _size(store: PageStore) -> int:
    return sum(file.stat().st_size for file in store.path.parent.iterdir())


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path)) as store:
        store.put(PageKey("a", 0), 1, b"secret")
        assert [stat.S_IMODE(file.stat().st_mode) for file in store.path.parent.iterdir()] == [0o600] * 3
        assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_several_processes_write_side_by_side(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from ocr2_loaders.cache import PageStore\n"
        "from ocr2_loaders.cache.store import PageKey\n"
        "from ocr2_loaders.settings import CacheSettings\n"
        "with PageStore(CacheSettings(folder=Path(sys.argv[1]) / 'cache')) as store:\n"
        "    for index in range(100):\n"
        "        store.put(PageKey(sys.argv[2], index), 100, b'x' * 1000)\n"
        "        store.records(sys.argv[2], 0, index)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, tmp_path, str(name)], cwd=ROOT) for name in range(4)]
    assert [writer.wait(timeout=patient(120)) for writer in writers] == [0] * 4
    with PageStore(settings(tmp_path)) as store:
        assert (store.facts().num_documents, store.facts().num_pages) == (4, 400)
        assert store.facts().num_bytes == 400_000


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    with PageStore(settings(tmp_path)) as store:
        path = store.path
    for file in path.parent.iterdir():
        file.unlink()
    path.write_bytes(b"this is no database " * 500)
    with pytest.raises(sqlite3.DatabaseError):
        PageStore(settings(tmp_path))


def test_a_log_that_breaks_off_in_its_last_entry_loses_no_more_than_that(tmp_path: Path) -> None:
    """F15: as a machine that lost its power would leave it."""
    store = PageStore(settings(tmp_path))
    for index in range(5):
        store.put(PageKey("a", index), 5, b"x" * 3000)
    copy = tmp_path / "torn"
    shutil.copytree(store.path.parent, copy / "cache")
    store.close()
    log = copy / "cache" / f"{store.path.name}-wal"
    log.write_bytes(log.read_bytes()[:-1000])
    with PageStore(settings(copy)) as torn:
        assert torn.records("a", 0, 4) == dict.fromkeys(range(4), b"x" * 3000)
