"""How directories and globs are walked: what is left out, and who hears of the files that are passed over."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from ocr2_loaders.errors import Ocr2Error
from ocr2_loaders.sources.passed_over import Listener, PassedOver

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Walk:
    """Folders that are `left_out` are not looked into from outside; they are absolute, with links resolved."""

    left_out: tuple[Path, ...] = ()
    listener: Listener | None = None

    def pass_over(self, name: str, uri: str, error: Ocr2Error) -> None:
        """Tells the listener, if there is one, and in any case the log."""
        log.info("passed over %s: %s", uri, error)
        if self.listener:
            self.listener(PassedOver(name, uri, error))


EVERYTHING = Walk()
"""Leaves nothing out, and tells the log alone."""
