"""The server as a process: ``python -m tests.support.openai_server PORT [POISON [LATENCY_S]]``.

It dies at once when the page numbered POISON arrives, as a real one does on some pictures. It writes one line for each
page it is asked for, its number, to stdout.
"""

from __future__ import annotations

import os
import signal
import sys

from tests.support.openai_server.app import OpenAiApp
from tests.support.openai_server.call import Call
from tests.support.openai_server.faults import Fault
from tests.support.openai_server.server import OpenAiServer


async def _die(_: Call) -> None:
    os._exit(1)


def main(port: int, poison: int = -1, latency_s: float = 0.0) -> None:
    def plan(call: Call) -> Fault | None:
        os.write(sys.stdout.fileno(), f"{call.page}\n".encode())
        return _die if call.page == poison else None

    with OpenAiServer(OpenAiApp(plan=plan, latency_s=latency_s), port):
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    port, poison, latency_s, *_ = (*sys.argv[1:], "-1", "0")
    main(int(port), int(poison), float(latency_s))
