"""The app behind a real socket: in a thread of the test, or as a process of its own that can be killed."""

from __future__ import annotations

import asyncio
import socket
from threading import Thread
from typing import Any, Self

import uvicorn


class OpenAiServer:
    """Serves an ASGI app on a loopback port while the context lasts; may be stopped and started again on that port."""

    def __init__(self, app: Any, port: int = 0) -> None:
        self.app = app
        self.port = port or free_port()
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        listening = _listening(self.port)
        config = uvicorn.Config(
            self.app, log_config=None, log_level="critical", loop="asyncio", lifespan="off", timeout_keep_alive=60
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=_serve, args=(self._server, listening), name="openai-server")
        self._thread.start()

    def stop(self) -> None:
        """At once: what is in flight is broken off."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join()
            self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    async def served() -> None:
        await server.serve(sockets=[listening])
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(served())
    listening.close()


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen(1024)
    return listening


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
