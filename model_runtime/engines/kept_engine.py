"""An engine that several calls share."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from model_runtime.engines.registry import open_engine

if TYPE_CHECKING:
    from model_runtime.contract import Engine


@dataclass
class KeptEngine:
    """Opens an engine by its name when it is first needed and keeps it until `close`, for any number of threads.

    An engine that is handed over open stays open, and its owner's. Equal are those that were asked for the same engine.
    """

    chosen: str | Engine
    """The engine's name, or the engine."""
    _opened: Engine | None = field(default=None, init=False, repr=False, compare=False)
    _opening: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    def engine(self) -> Engine:
        """Raises: EngineUnavailable when there is no such engine, or a package that it needs is missing."""
        if not isinstance(self.chosen, str):
            return self.chosen
        with self._opening:
            if self._opened is None:
                self._opened = open_engine(self.chosen)
            return self._opened

    def close(self) -> None:
        """Closes what was opened here; `engine` would open it again."""
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def __reduce__(self) -> tuple[type[KeptEngine], tuple[str | Engine]]:
        """In another process the engine is opened anew."""
        return KeptEngine, (self.chosen,)
