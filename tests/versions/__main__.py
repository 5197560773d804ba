"""`python -m tests.versions newest|lowest`: the tests on the newest or lowest versions that pyproject.toml admits.

Ends with a table: each package, the versions that are admitted, the one that was tried, and "passed" or the first test
that fails with it. A failing test is blamed on the package that makes it fail alone, among the locked versions of all
the others. Exit status 0 when everything passed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.versions.admitted import admitted
from tests.versions.environment import LOCK, Environment
from tests.versions.suite import STRICT, failing_tests
from tests.versions.verdict import MOST_TESTS, OneAtATime, table, verdicts


def main() -> int:
    arguments = _arguments()
    environment = Environment(arguments.environment.absolute(), tuple(arguments.extras.split(",")), arguments.torch)
    packages = admitted(environment.extras)
    is_newest = arguments.end == "newest"
    tried = environment.newest() if is_newest else environment.lowest(packages)
    environment.make(tried)
    options = STRICT if is_newest else ()
    failing = failing_tests(environment, arguments.only, options=options)
    anyway = _failing_anyway(environment, failing, options) if failing else []
    tests = [test for test in failing if test not in anyway]
    found = verdicts(packages, tried, OneAtATime(environment, tests, options))
    explained = {test for verdict in found for test in verdict.failing}
    print(f"\nThe {arguments.end} versions that pyproject.toml admits, Python {sys.version.split()[0]}\n")
    print(table(found, [test for test in tests[:MOST_TESTS] if test not in explained]))
    print("".join(f"\n{test} fails on the locked versions too: no package is to blame" for test in anyway))
    return 1 if failing else 0


def _failing_anyway(environment: Environment, failing: Sequence[str], options: Sequence[str]) -> list[str]:
    """Of the failing tests, those that fail on the locked versions too."""
    environment.install(environment.locked())
    return failing_tests(environment, failing, options=options)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.versions", description=__doc__)
    parser.add_argument("end", choices=("newest", "lowest"))
    parser.add_argument("--environment", type=Path, required=True, help="where the virtual environment is made")
    parser.add_argument("--extras", required=True, help="extras of ocr2-loaders, with commas")
    parser.add_argument(
        "--torch", default=_locked_torch(), help="its exact version; the locked one unless said otherwise"
    )
    parser.add_argument("--only", nargs="+", default=[], help="tests to run, instead of all")
    return parser.parse_args()


def _locked_torch() -> str:
    lines = LOCK.read_text("utf-8").splitlines()
    return next(line.removeprefix("torch==").split()[0] for line in lines if line.startswith("torch=="))


if __name__ == "__main__":
    sys.exit(main())
