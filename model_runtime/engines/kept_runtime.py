"""An engine that several calls share."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from model_runtime.engines.registry import open_runtime

if TYPE_CHECKING:
    from model_runtime.contract import Runtime


class KeptRuntime:
    """Opens an engine by its name when it is first needed and keeps it until `close`, for any number of threads.

    A runtime that is handed over open stays open, and its owner's.
    """

    def __init__(self, engine: str | Runtime) -> None:
        self.engine = engine
        self._opened: Runtime | None = None
        self._opening = Lock()

    def runtime(self) -> Runtime:
        """Raises: EngineUnavailable when there is no such engine, or a package that it needs is missing."""
        if not isinstance(self.engine, str):
            return self.engine
        with self._opening:
            if self._opened is None:
                self._opened = open_runtime(self.engine)
            return self._opened

    def close(self) -> None:
        """Closes what was opened here; `runtime` would open it again."""
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()
