"""How pages flow through `ocr2_loaders.load`, beside what is possible.

    python tests/benchmarks/bench_flow.py [clean] [loops] [loops60] [silence] [faults] [kills] [replay] [--pages N]

Without names, or with `all`, all rows. The server is a process of its own on the same machine, and so is every run.
The last column is the share of what is possible that is reached: of a rate, ours / possible; of what should be little
(seconds, requests, memory), possible / ours. A schedule is one of the same readings, where each page takes the first
free place and keeps it to its end; it pays for nothing else.
"""

from __future__ import annotations

import argparse
import heapq
import inspect
import os
import random
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from ocr2_loaders import load  # noqa: E402 # after the path is set
from tests.benchmarks.flow_pages import write_striped_paper  # noqa: E402
from tests.benchmarks.flow_run import Flow, Wish, flow_of, running  # noqa: E402
from tests.benchmarks.flow_server import Behaviour, FlowServer, Odd, Tally, flow_server  # noqa: E402
from tests.support.papers import write_paper  # noqa: E402

PLACES = 64
FAULT_PLACES = 32
NUM_KILLS = 20
CLEAN = Behaviour()
LOOPS = Behaviour(odd=Odd.LOOPS, odd_s=5.0)
LOOPS60 = Behaviour(odd=Odd.LOOPS_STEADILY, odd_s=60.0)
FAULTS = Behaviour(answer_s=0.0, has_faults=True)
SLOW = Behaviour(odd=Odd.SLOW, odd_s=2.0)
CAN_LEAVE_ORDER = "ordered" in inspect.signature(load).parameters


@cache
def run(behaviour: Behaviour, num_pages: int, limit_s: float, *, is_ordered: bool) -> tuple[Flow, Tally]:
    with TemporaryDirectory() as folder, flow_server(behaviour) as server:
        paper = write_striped_paper(Path(folder) / "paper.pdf", num_pages)
        flow = flow_of(Wish(str(paper), server.url, places=PLACES, is_ordered=is_ordered), limit_s)
        return flow, server.idle_tally()


def clean(num_pages: int, limit_s: float) -> None:
    flow, tally = run(CLEAN, num_pages, limit_s, is_ordered=True)
    say("clean, pages/s", num_pages / flow.seconds, PLACES / CLEAN.answer_s)
    say_how("clean", flow, tally, num_pages)


def loops(num_pages: int, limit_s: float) -> None:
    flow, tally = run(LOOPS, num_pages, limit_s, is_ordered=True)
    if flow.has_ended:
        say("3 % loop 5 s, pages/s", num_pages / flow.seconds, num_pages / possible_s(tally, PLACES))
        say("  beside a schedule", num_pages / flow.seconds, num_pages / max(ends_by_schedule(tally)))
    else:
        say_unended("3 % loop 5 s", flow, tally, num_pages, limit_s)
    say_how("3 % loop 5 s", flow, tally, num_pages)


def loops60(num_pages: int, limit_s: float) -> None:
    flow, tally = run(LOOPS60, num_pages, limit_s, is_ordered=True)
    if flow.has_ended:
        undisturbed = run(CLEAN, num_pages, limit_s, is_ordered=True)[0]
        say("3 % loop 60 s, of the clean run", num_pages / flow.seconds, num_pages / undisturbed.seconds)
        say("  beside a schedule", num_pages / flow.seconds, num_pages / max(ends_by_schedule(tally)))
    else:
        say_unended("3 % loop 60 s", flow, tally, num_pages, limit_s)
    say_how("3 % loop 60 s", flow, tally, num_pages)


def silence(num_pages: int, limit_s: float) -> None:
    for is_ordered in (True, False) if CAN_LEAVE_ORDER else (True,):
        flow, tally = run(LOOPS, num_pages, limit_s, is_ordered=is_ordered)
        order = "in order" if is_ordered else "as they end"
        if flow.has_ended:
            say(
                f"longest silence {order}, s",
                flow.silence_s,
                possible_silence_s(tally, is_ordered=is_ordered),
                less=True,
            )
        else:
            say(f"longest silence {order}, s", max(flow.silence_s, limit_s - flow.seconds), None)
    if not CAN_LEAVE_ORDER:
        print("  load has no `ordered`")


def faults(num_pages: int, limit_s: float) -> None:
    with TemporaryDirectory() as folder, flow_server(FAULTS) as server:
        paper = write_striped_paper(Path(folder) / "paper.pdf", num_pages)
        wish = Wish(str(paper), server.url, places=FAULT_PLACES, request_timeout_s=3.0)
        flow, tally = flow_of(wish, limit_s), server.idle_tally()
    say_whether_ended("42 % faults", flow, num_pages, limit_s)
    say("42 % faults, pages lost", num_pages - len(flow.times) + flow.num_lost, 0)
    say("42 % faults, requests/page", tally.num_requests.total() / num_pages, 1 / (1 - 0.42), less=True)
    say("42 % faults, seconds", flow.seconds, possible_s(tally, FAULT_PLACES), less=True)


def kills(num_pages: int, limit_s: float) -> None:
    """3 % of the pages are good and slow: what is done behind them should be kept.

    A run repeats what several kills before it left undone, so that one may repeat more than the places.
    """
    moments = random.Random(1)  # noqa: S311 # repeatable, not secret
    repeated: list[int] = []
    with TemporaryDirectory() as folder, flow_server(SLOW) as server:
        paper = write_striped_paper(Path(folder) / "paper.pdf", num_pages)
        wish = Wish(str(paper), server.url, places=PLACES, cache=str(Path(folder) / "cache"))
        share = num_pages / (NUM_KILLS + 1)
        for _ in range(NUM_KILLS):
            killed_after(round(moments.uniform(0.5, 1.5) * share), wish, server)
            repeated.append(server.idle_tally().num_repeated)
        flow = flow_of(wish, limit_s)
        repeated.append(server.idle_tally().num_repeated)
    say_whether_ended("the run after the kills", flow, num_pages, limit_s)
    most = max(later - before for before, later in pairwise(repeated))
    say("requests repeated a kill", repeated[-1] / NUM_KILLS, PLACES, less=True)
    say("  found by one later run, at most", most, PLACES, less=True)
    print(f"  {NUM_KILLS} kills; {len(flow.times)} of {num_pages} pages, {flow.num_lost} without their own text")


def killed_after(num_requests: int, wish: Wish, server: FlowServer) -> None:
    """Ends by itself where so many are not needed any more."""
    before = server.tally().num_requests.total()
    with running(wish) as (process, _):
        while process.poll() is None and server.tally().num_requests.total() < before + num_requests:
            time.sleep(0.01)


def replay(num_pages: int, limit_s: float) -> None:
    """What is possible: the same process before the run, and bare pypdfium2, one process, on the same file."""
    with TemporaryDirectory() as folder:
        paper = write_paper(Path(folder) / "long.pdf", [f"Page {number}" for number in range(1, num_pages + 1)])
        flow = flow_of(Wish(str(paper), num_pages=num_pages, dpi=144), limit_s)
        first_s, rate = bare_pypdfium2(paper)
    if not flow.has_ended:
        say_whether_ended("replay", flow, num_pages, limit_s)
        return
    say("replay, peak MiB", flow.mib_at_most, flow.mib_before, less=True)
    say("replay, first page s", flow.times[0], first_s, less=True)
    say("replay, pages/s", num_pages / flow.seconds, rate)
    print(f"  {len(flow.times)} of {num_pages} pages, {flow.num_lost} without their own text")


def bare_pypdfium2(paper: Path, num_pages: int = 200) -> tuple[float, float]:
    """Seconds to the first page, and pages a second."""
    started = time.perf_counter()
    with pypdfium2.PdfDocument(paper) as pdf:
        pdf[0].render(scale=2).to_numpy()
        first_s = time.perf_counter() - started
        started = time.perf_counter()
        count = min(num_pages, len(pdf))
        for index in range(count):
            pdf[index].render(scale=2).to_numpy()
        return first_s, count / (time.perf_counter() - started)


def possible_s(tally: Tally, places: int) -> float:
    """The served seconds spread over all places, and the chain of readings of the page that ended last."""
    return tally.seconds.total() / places + tally.seconds[tally.last_page]


def ends_by_schedule(tally: Tally) -> list[float]:
    """Where each page takes the first free place when its turn has come and keeps it through all its readings."""
    free = [0.0] * PLACES
    ends: list[float] = []
    for page in sorted(tally.seconds):
        ends.append(free[0] + tally.seconds[page])
        heapq.heapreplace(free, ends[-1])
    return ends


def possible_silence_s(tally: Tally, *, is_ordered: bool) -> float:
    ends = ends_by_schedule(tally)
    seen = accumulate(ends, max) if is_ordered else sorted(ends)
    return max((later - before for before, later in pairwise(seen)), default=0.0)


def say(name: str, ours: float, possible: float | None, *, less: bool = False) -> None:
    """One row; `less` is better."""
    if possible is None:
        print(f"{name:32} {ours:10.2f} {'-':>10} {'-':>8}")
        return
    part, whole = (possible, ours) if less else (ours, possible)
    print(f"{name:32} {ours:10.2f} {possible:10.2f} {f'{part / whole:.0%}' if whole else '-':>8}", flush=True)


def say_unended(name: str, flow: Flow, tally: Tally, num_pages: int, limit_s: float) -> None:
    """The share is that of the places that were in use."""
    say_whether_ended(name, flow, num_pages, limit_s)
    say(f"{name}, seconds (places used)", limit_s, tally.seconds.total() / PLACES, less=True)


def say_whether_ended(name: str, flow: Flow, num_pages: int, limit_s: float) -> None:
    if not flow.has_ended:
        print(f"{name}: did not end in {limit_s:.0f} s, {len(flow.times)} of {num_pages} pages came")


def say_how(name: str, flow: Flow, tally: Tally, num_pages: int) -> None:
    print(
        f"  {name}: {len(flow.times)} of {num_pages} pages, {flow.num_lost} without their own text; the server:"
        f" {tally.num_requests.total()} requests, {tally.num_cancelled} cancelled, {tally.most_in_flight} in flight at"
        f" most, {tally.seconds.total():.0f} s served, {tally.cpu_s:.1f} s of processor",
        flush=True,
    )


ROWS: dict[str, tuple[Callable[[int, float], None], int]] = {
    "clean": (clean, 2000),
    "loops": (loops, 2000),
    "loops60": (loops60, 2000),
    "silence": (silence, 2000),
    "faults": (faults, 1000),
    "kills": (kills, 2000),
    "replay": (replay, 5000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", choices=[*ROWS, "all"], default="all")
    parser.add_argument("--pages", type=int, help="default: the sizes of the project's figures, 2,000 mostly")
    parser.add_argument("--limit-s", type=float, default=400.0, help="for one run; then it did not end")
    wanted = parser.parse_args()
    if wanted.pages is not None and wanted.pages < 2:
        parser.error("fewer than two pages do not flow")
    print(f"{'':32} {'ours':>10} {'possible':>10} {'share':>8}   load average {os.getloadavg()[0]:.1f}")
    for name in ROWS if "all" in wanted.rows else wanted.rows:
        row, num_pages = ROWS[name]
        row(wanted.pages or num_pages, wanted.limit_s)


if __name__ == "__main__":
    main()
