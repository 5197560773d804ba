"""A few warm render processes, shared by all documents of a run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from ocr2_loaders.pages.repaired_copies import RepairedCopies
from ocr2_loaders.pages.worker_process import WorkerLost, WorkerProcess
from ocr2_loaders.settings import RenderSettings

_DEFAULTS = RenderSettings()
_MOST_WORKERS = 4

_P = ParamSpec("_P")
_T = TypeVar("_T")


class RenderPool:
    """Render processes, started when there is work for them, replaced when they die, killed when the pool closes.

    A context manager. Any number of threads may render with one pool at a time; images stay valid after it has closed.
    `settings` tells how many processes there are, how much memory each may use, and when one is replaced.
    """

    def __init__(self, settings: RenderSettings = _DEFAULTS) -> None:
        self.num_workers = settings.num_workers or min(_MOST_WORKERS, _num_cores())
        self.repaired = RepairedCopies()
        self._memory_bytes = settings.worker_memory_bytes
        self._recycle_after_pages = settings.recycle_after_pages
        self._lock = Lock()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._is_closed = False
        # One thread for each process: it waits for the answer under the page's deadline.
        self._threads = ThreadPoolExecutor(self.num_workers, "render")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the processes, whatever they are doing, and wait until they are gone."""
        with self._lock:
            self._is_closed = True
            workers = [*self._idle, *self._busy]
            self._idle.clear()
        for worker in workers:
            worker.kill()
        self._threads.shutdown(cancel_futures=True)
        for worker in workers:
            worker.close()
        self.repaired.clear()

    @property
    def worker_pids(self) -> list[int]:
        """The process ids of the render processes that there are now."""
        with self._lock:
            return [worker.pid for worker in (*self._idle, *self._busy)]

    def submit(self, job: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Run a job on one of the pool's threads, where it may use `worker`."""
        return self._threads.submit(job, *args, **kwargs)

    @contextmanager
    def worker(self, document: object) -> Iterator[WorkerProcess]:
        """A render process for the calling job alone, if there is one then one that has the document open.

        When the block raises, the process is replaced. Raises: RuntimeError when the pool is closed, even in mid-page.
        """
        worker = self._taken(document)
        try:
            yield worker
        except WorkerLost:
            self._dismiss(worker)
            self._raise_if_closed()
            raise
        except BaseException:
            self._dismiss(worker)  # in the middle of an answer, perhaps
            raise
        if worker.num_pages_rendered >= self._recycle_after_pages:
            self._dismiss(worker)
        else:
            self._give_back(worker)

    def _taken(self, document: object) -> WorkerProcess:
        with self._lock:
            self._raise_if_closed()
            worker = next((each for each in self._idle if each.open_document == document), None)
            worker = worker or (self._idle[-1] if self._idle else None)
            if worker:
                self._idle.remove(worker)
                self._busy.add(worker)
                return worker
        worker = self._started()
        with self._lock:
            self._busy.add(worker)
            is_closed = self._is_closed
        if is_closed:  # while the process was starting
            self._dismiss(worker)
        self._raise_if_closed()
        return worker

    def _started(self) -> WorkerProcess:
        try:
            return WorkerProcess(self._memory_bytes)
        except OSError as error:
            how = f"found no render process, for none could be started ({error.strerror})"
            raise WorkerLost(how, stage="start", timed_out=False) from error

    def _raise_if_closed(self) -> None:
        if self._is_closed:
            raise RuntimeError("the render pool is closed")

    def _give_back(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._busy.discard(worker)
            if not self._is_closed:
                self._idle.append(worker)

    def _dismiss(self, worker: WorkerProcess) -> None:
        with self._lock:
            self._busy.discard(worker)
        worker.close()


def _num_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
