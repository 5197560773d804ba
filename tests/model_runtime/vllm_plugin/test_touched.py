"""What is touched of a foreign package, over one that is made up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from model_runtime.vllm_plugin.touched import Hook, Used
from tests.support.module_tree import module_tree

PARTS = """
from dataclasses import dataclass

@dataclass
class Options:
    size: int
    colour: str = "red"
    LIMIT = 3

class Machine:
    def hook(self, given, asked): ...
    def forgotten(self, given): return self.forgotten
    def run(self):
        def later(): return self.hook(1, 2)
        return later
    def run_in_runner(self): ...
    def _also(self): ...

class OtherMachine:
    def step(self, machine): return machine.forgotten(1)

def build(size): ...
"""
RUNNER = """
import nothing_of_that_name  # this module is read and not imported

class Runner:
    def run_in_runner(self, machine): return machine.run_in_runner()
"""


@pytest.fixture(autouse=True)
def made_up(tmp_path: Path) -> Iterator[None]:
    with module_tree(tmp_path, {"madeup.parts": PARTS, "madeup.runner": RUNNER}):
        yield


@pytest.mark.parametrize(
    "touched",
    [
        Used("madeup.parts"),
        Used("madeup.parts", attributes=("build",)),
        Used("madeup.parts:build", ("size",)),
        Used("madeup.parts:Options", ("size", "colour"), ("LIMIT",)),
        Hook("madeup.parts:Machine", "hook", ("given", "asked")),
        Hook("madeup.parts:Machine", "run_in_runner", (), ("madeup.nowhere", "madeup.runner")),
        Hook("madeup.parts:Machine", "forgotten", ("given",), ("madeup.parts",)),
    ],
)
def test_what_is_as_it_was_has_no_fault(touched: Used | Hook) -> None:
    assert list(touched.faults()) == []


@pytest.mark.parametrize(
    ("touched", "faults"),
    [
        (Used("madeup.gone:Thing"), ["there is no madeup.gone:Thing (No module named 'madeup.gone')"]),
        (Used("madeup.parts:build.gone"), ["there is no madeup.parts:build.gone ("]),
        (Used("madeup.parts:build", ("size", "shape")), ["madeup.parts:build takes no shape"]),
        (Used("madeup.parts:Options", attributes=("FLOOR",)), ["madeup.parts:Options has no FLOOR"]),
        (Hook("madeup.parts:Machine", "gone"), ["there is no madeup.parts:Machine.gone ("]),
        (Hook("madeup.gone:Machine", "hook"), ["there is no madeup.gone:Machine.hook ("]),
        (
            Hook("madeup.parts:Machine", "hook", ("given",)),
            ["madeup.parts:Machine.hook takes (given, asked) and not (given)"],
        ),
        (
            Hook("madeup.parts:Machine", "hook", ("asked", "given")),
            ["madeup.parts:Machine.hook takes (given, asked) and not (asked, given)"],
        ),
        (
            Hook("madeup.parts:Machine", "hook", ("given", "asked"), ("madeup.runner",)),
            ["madeup.parts:Machine.hook is called by nothing in madeup.runner"],
        ),
        (
            Hook("madeup.parts:Machine", "run_in_runner", (), ("nowhere.at.all",)),
            ["madeup.parts:Machine.run_in_runner is called by nothing in nowhere.at.all"],
        ),
    ],
)
def test_what_differs_is_said(touched: Used | Hook, faults: list[str]) -> None:
    found = list(touched.faults())
    assert len(found) == len(faults)
    assert all(each.startswith(start) for each, start in zip(found, faults, strict=True))


def test_a_method_that_only_calls_itself_or_is_called_on_another_class_is_called_by_nothing() -> None:
    hook = Hook("madeup.parts:Machine", "forgotten", ("given",))
    assert list(hook.faults()) == ["madeup.parts:Machine.forgotten is called by nothing in madeup.parts"]
