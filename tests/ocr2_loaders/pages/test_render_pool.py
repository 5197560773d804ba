"""The life of render processes: none outlives its pool or its parent, none takes a page with it that it need not."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ocr2_loaders.errors import PageTimeout
from ocr2_loaders.pages import FailedPage, PageImage, RenderPool, page_images
from ocr2_loaders.settings import RenderSettings
from tests.support.page_sources import HELLO, new_pdf, rendered, repeated_stream, source_of, write_pdf
from tests.support.patience import patient
from tests.support.waiting import wait_until

ROOT = Path(__file__).parents[3]


@pytest.fixture
def document(tmp_path):
    return write_pdf(tmp_path / "a.pdf", [b"BT /F1 24 Tf 20 100 Td (Page %d) Tj ET" % number for number in range(12)])


@pytest.fixture
def endless(tmp_path):
    """A page that takes far longer than any test."""
    pdf = new_pdf([b""])
    pdf.pages[0].Contents = repeated_stream(pdf, b"0 0 m 50 900 99 -900 200 200 c S\n" * 1000, 5000)
    pdf.save(tmp_path / "endless.pdf")
    return tmp_path / "endless.pdf"


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def error_of(pages):
    try:
        list(pages)
    except RuntimeError as error:
        return error
    return None


def digest(page):
    return hashlib.sha256(page.pixels.tobytes()).hexdigest()


def test_there_are_no_more_processes_than_asked_for_and_none_without_work(document):
    with RenderPool(RenderSettings(num_workers=2)) as pool:
        assert pool.worker_pids == []
        rendered(document, pool)
        assert 1 <= len(pool.worker_pids) <= 2


def test_by_default_there_are_at_most_four_processes():
    with RenderPool() as pool:
        assert 1 <= pool.num_workers <= 4


def test_processes_stay_warm_from_one_document_to_the_next(document):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        rendered(document, pool)
        before = pool.worker_pids
        rendered(document, pool)
        assert pool.worker_pids == before


def test_a_process_is_replaced_after_so_many_pages(document):
    with RenderPool(RenderSettings(num_workers=1, recycle_after_pages=5)) as pool:
        seen = set()
        for page in page_images(source_of(document), window=1, renderers=pool):
            assert isinstance(page, PageImage)
            seen.update(pool.worker_pids)
        assert len(seen) == 3
        assert sum(map(is_running, seen)) == len(pool.worker_pids)


def test_a_closed_pool_leaves_no_process_and_its_images_stay(document):
    with RenderPool(RenderSettings(num_workers=2)) as pool:
        pages = rendered(document, pool)
        pids = pool.worker_pids
    assert not any(map(is_running, pids))
    assert len({digest(page) for page in pages}) == 12


def test_closing_a_pool_does_not_wait_for_a_page_that_never_ends(endless):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        pages = page_images(source_of(endless), RenderSettings(page_timeout_s=600), renderers=pool)
        errors = []
        waiting = threading.Thread(target=lambda: errors.append(error_of(pages)))
        waiting.start()
        while not pool.worker_pids:
            threading.Event().wait(0.01)
        pids = pool.worker_pids
        pool.close()
        assert not any(map(is_running, pids))
        waiting.join(timeout=patient(30))
        assert not waiting.is_alive()
        assert isinstance(errors[0], RuntimeError)


def test_a_closed_pool_takes_no_more_work(document):
    pool = RenderPool(RenderSettings(num_workers=1))
    pool.close()
    with pytest.raises(RuntimeError):
        rendered(document, pool)


def test_an_iterator_with_its_own_processes_ends_them_when_it_is_closed(document):
    before = set(children())
    pages = page_images(source_of(document), RenderSettings(num_workers=2))
    next(pages)
    assert set(children()) > before
    pages.close()
    assert set(children()) == before


def test_a_process_that_is_killed_between_two_pages_costs_no_page(document):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        results = []
        for page in page_images(source_of(document), window=1, renderers=pool):
            results.append(type(page))
            if page.page_number in (3, 7):
                for pid in pool.worker_pids:
                    os.kill(pid, signal.SIGKILL)
        assert results == [PageImage] * 12


def test_a_process_past_its_deadline_is_gone_and_another_takes_over(document, endless):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        rendered(document, pool)
        (before,) = pool.worker_pids
        (failed,) = rendered(endless, pool, page_timeout_s=0.5)
        assert isinstance(failed, FailedPage)
        assert isinstance(failed.error, PageTimeout)
        assert not is_running(before)
        assert all(isinstance(page, PageImage) for page in rendered(document, pool))


@pytest.mark.parametrize("shared", [True, False])
def test_eight_threads_see_the_same_pages_as_one(document, tmp_path, shared):
    # Finding 8: PDFium in several threads of one process breaks 26 of 30 runs.
    other = write_pdf(tmp_path / "b.pdf", [HELLO, b"0 0 50 50 re f"])
    expected = {path: [digest(page) for page in rendered(path, num_workers=1)] for path in (document, other)}
    with RenderPool(RenderSettings(num_workers=2)) as pool, ThreadPoolExecutor(8) as threads:
        paths = [document, other] * 8

        def digests(path):
            return [digest(page) for page in rendered(path, pool if shared else None, num_workers=1)]

        assert list(threads.map(digests, paths)) == [expected[path] for path in paths]


def test_open_files_do_not_pile_up(document):
    rendered(document, num_workers=1)
    before = num_open_files()
    for _ in range(5):
        rendered(document, num_workers=1)
    assert num_open_files() <= before


def test_the_password_is_neither_on_the_command_line_nor_in_the_environment(tmp_path):
    import pikepdf

    new_pdf().save(tmp_path / "a.pdf", encryption=pikepdf.Encryption(user="canary-password", owner="o"))
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        assert rendered(tmp_path / "a.pdf", pool, password="canary-password")
        (pid,) = pool.worker_pids
        for name in ("cmdline", "environ"):
            assert b"canary-password" not in Path(f"/proc/{pid}/{name}").read_bytes()


SCRIPT = """
import sys
from pathlib import Path
from ocr2_loaders.pages import page_images
from ocr2_loaders.settings import RenderSettings
from ocr2_loaders.sources.source import FileType, Source
path = Path(sys.argv[1])
source = Source(path, path.name, str(path), FileType.PDF, path.stat().st_size, "0" * 64)
"""


def run(script, path):
    """A program of these lines, as a file without a guard."""
    program = path.with_suffix(".py")
    program.write_text(SCRIPT + script)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(program), str(path)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=patient(60), check=False)


def test_a_script_needs_no_main_guard(document):
    done = run("print(len(list(page_images(source))))", document)
    assert (done.stdout, done.stderr) == ("12\n", "")


def test_a_daemonic_process_may_render(document):
    script = """
import multiprocessing
def count(): print(len(list(page_images(source))), flush=True)
child = multiprocessing.get_context("fork").Process(target=count, daemon=True)
child.start()
child.join()
"""
    assert run(script, document).stdout == "12\n"


def test_an_abandoned_iterator_does_not_keep_the_interpreter_from_ending(document):
    done = run("pages = page_images(source); next(pages); print('bye')", document)
    assert (done.returncode, done.stdout) == (0, "bye\n")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process notices between two pages")
def test_processes_die_with_a_parent_that_is_killed_in_mid_page(endless):
    script = """
import threading
from ocr2_loaders.pages import RenderPool
pool = RenderPool(RenderSettings(num_workers=1))
pages = page_images(source, RenderSettings(page_timeout_s=600), renderers=pool)
threading.Thread(target=lambda: list(pages)).start()
while not pool.worker_pids:
    threading.Event().wait(0.01)
print(*pool.worker_pids, flush=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT + script, str(endless)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    wait_until(lambda: not is_running(pid) or is_zombie(pid))


def is_zombie(pid):
    """Dead, and waiting for whoever adopted it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def num_open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def children():
    """The live child processes of this one."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == os.getpid():
            yield int(status.parent.name)
