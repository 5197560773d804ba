"""The test suite, run in an environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable

from tests.versions.admitted import ROOT
from tests.versions.environment import Environment

STRICT = tuple(
    option
    for kind in ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning")
    for option in ("-W", f"error::{kind}")
)
"""What our dependencies are about to change fails the run; `make test`, which has locked versions, only shows it."""


class SuiteBroke(RuntimeError):
    """The run ended without a test to blame: nothing was collected, say, or a plugin of pytest failed."""


def failing_tests(environment: Environment, tests: Iterable[str] = (), *, options: Iterable[str] = ()) -> list[str]:
    """The node ids of tests that fail, in the order in which they did; of all tests unless some are given.

    Raises: SuiteBroke.
    """
    cache = environment.folder / "pytest_cache"
    last_failed = cache / "v" / "cache" / "lastfailed"
    last_failed.unlink(missing_ok=True)
    command = [environment.python, "-m", "pytest", "-m", "not gpu and not live", "-n", "3", "--dist", "worksteal"]
    path = os.pathsep.join((str(environment.python.parent), os.environ["PATH"]))
    run = subprocess.run(
        [*command, "-q", "-o", f"cache_dir={cache}", *options, *tests],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        check=False,
    )
    failing = list(json.loads(last_failed.read_text("utf-8"))) if last_failed.is_file() else []
    if run.returncode and not failing:
        raise SuiteBroke(f"pytest ended with status {run.returncode} and no failing test; its output stands above")
    return failing
