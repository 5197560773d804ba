"""One run of `ocr2_loaders.load` in a process of its own, which may be killed: ``python flow_run.py WISH``.

WISH is a `Wish` as JSON. A line of JSON on stdout says when the run began, one for each page when it came, and one how
much memory it took.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import psutil

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from model_runtime.engines.endpoint import EndpointEngine, EndpointSettings  # noqa: E402 # after the path is set
from model_runtime.engines.replay import Recording, ReplayEngine  # noqa: E402
from ocr2_loaders import (  # noqa: E402
    CacheSettings,
    LoadSettings,
    RecoverySettings,
    RecoveryWay,
    RenderSettings,
    TranscriptionSettings,
    load,
)
from tests.support.openai_server.pages import transcript_of  # noqa: E402


@dataclass(frozen=True, slots=True)
class Wish:
    paper: str
    url: str = ""
    """Without one, the replay engine reads the pages."""
    num_pages: int = 0
    dpi: int = 72
    places: int = 64
    request_timeout_s: float = 300.0
    cache: str = ""
    is_ordered: bool = True


@dataclass(frozen=True, slots=True)
class Flow:
    """How the results of a run came, in seconds since it began. Without an end it was killed."""

    times: tuple[float, ...]
    num_lost: int
    """Results without the page's own text."""
    has_ended: bool
    mib_before: float
    mib_at_most: float

    @property
    def seconds(self) -> float:
        """Up to the last result."""
        return self.times[-1] if self.times else 0.0

    @property
    def silence_s(self) -> float:
        """The longest time between two results."""
        return max((later - time for time, later in zip(self.times, self.times[1:], strict=False)), default=0.0)


@contextmanager
def running(wish: Wish) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The run and what it says."""
    with TemporaryFile() as said:
        command = [sys.executable, __file__, json.dumps(asdict(wish))]
        with subprocess.Popen(command, stdout=said, cwd=ROOT) as process:
            try:
                yield process, said
            finally:
                process.kill()


def flow_of(wish: Wish, limit_s: float) -> Flow:
    """A run to its end; killed after so many seconds. Raises: CalledProcessError where it fails."""
    with running(wish) as (process, said):
        try:
            if process.wait(limit_s):
                raise subprocess.CalledProcessError(process.returncode, "flow_run.py")
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.seek(0)
        lines = [json.loads(line) for line in said if line.endswith(b"\n")]
    if not lines:
        sys.exit(f"the run had not even begun within {limit_s:.0f} s")
    start, *pages = lines
    end = pages.pop() if process.returncode == 0 else None
    times = tuple(page["at"] - start["at"] for page in pages)
    num_lost = sum(not page["is_own"] for page in pages)
    return Flow(times, num_lost, end is not None, start["mib"], end["mib"] if end else 0.0)


def main(wish: Wish) -> None:
    order = {} if wish.is_ordered else {"ordered": False}
    with _engine(wish) as engine:
        _say(at=time.monotonic(), mib=psutil.Process().memory_info().rss / (1 << 20))
        for page in load(wish.paper, settings=_settings(wish), engine=engine, **order):
            own = transcript_of(page.page_index).split("\n")[-3]
            _say(at=time.monotonic(), page=page.page_index, is_own=own in page.text)
    _say(mib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _engine(wish: Wish) -> EndpointEngine | ReplayEngine:
    if not wish.url:
        return ReplayEngine(Recording(transcript_of(page)) for page in range(wish.num_pages))
    settings = EndpointSettings(
        base_urls=(wish.url,), max_in_flight=wish.places, request_timeout_s=wish.request_timeout_s
    )
    return EndpointEngine(settings)


def _settings(wish: Wish) -> LoadSettings:
    """All ways of recovery but the embedded engine: what it does with a page is no matter of flow."""
    ways = tuple(way for way in RecoveryWay if way is not RecoveryWay.EMBEDDED)
    return LoadSettings(
        render=RenderSettings(dpi=wish.dpi),
        transcription=TranscriptionSettings(recovery=RecoverySettings(ways=ways)),
        cache=CacheSettings(folder=Path(wish.cache)) if wish.cache else None,
    )


def _say(**facts: object) -> None:
    os.write(sys.stdout.fileno(), f"{json.dumps(facts)}\n".encode())


if __name__ == "__main__":
    main(Wish(**json.loads(sys.argv[1])))
