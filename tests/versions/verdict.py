"""Which package a failing test is to blame on, and the table that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.versions.admitted import Admitted
from tests.versions.environment import Environment, Versions
from tests.versions.suite import failing_tests

MOST_TESTS = 20
"""Of the failing tests, how many are run again for each package."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A package as it was tried, and the tests that fail with it."""

    package: Admitted
    version: str
    failing: Sequence[str]


def verdicts(
    packages: Iterable[Admitted], tried: Versions, fails_alone: Callable[[str, str], Sequence[str]]
) -> list[Verdict]:
    """One for each package. `fails_alone(name, version)` says which tests fail with that package alone."""
    versions = [(package, tried[package.name]) for package in packages]
    return [Verdict(package, version, fails_alone(package.name, version)) for package, version in versions]


@dataclass(frozen=True, slots=True)
class OneAtATime:
    """Runs tests with a single package on the version that was tried, and all the others on their locked ones."""

    environment: Environment
    tests: Sequence[str]
    options: Sequence[str]

    def __call__(self, name: str, version: str) -> Sequence[str]:
        if not self.tests:
            return ()
        locked = self.environment.locked()
        if locked.get(name) == version:
            return ()
        self.environment.install(locked)
        self.environment.swap(name, version)
        return failing_tests(self.environment, self.tests[:MOST_TESTS], options=self.options)


def table(found: Sequence[Verdict], unexplained: Sequence[str]) -> str:
    """A line for each package, and one for tests that fail with no package alone."""
    rows = [("package", "admitted", "tried", "tests")]
    rows += [(v.package.name, v.package.versions, v.version, v.failing[0] if v.failing else "passed") for v in found]
    if unexplained:
        rows.append(("several together", "", "", unexplained[0]))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        "  ".join((*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[3])) for row in rows
    )
