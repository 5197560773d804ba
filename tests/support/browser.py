"""A real browser without a window, where this machine has one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
"""The sandbox does not run for root, who runs tests in containers."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Skips the test where there is no Chromium, or no playwright to drive it."""
    driver = pytest.importorskip("playwright.sync_api", exc_type=ImportError)
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium on this machine")
    with driver.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(_OPTIONS))
        yield chromium
        chromium.close()
