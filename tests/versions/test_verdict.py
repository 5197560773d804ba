"""Failing tests are blamed on the package that makes them fail, and the table says what was tried."""

from __future__ import annotations

from collections.abc import Sequence

from tests.versions.admitted import Admitted, admitted
from tests.versions.verdict import table, verdicts

NUMPY, PILLOW = Admitted("numpy", ">=1.26"), Admitted("pillow", ">=11")


def test_each_package_is_judged_alone_and_the_table_names_its_first_failing_test() -> None:
    def fails_alone(name: str, version: str) -> Sequence[str]:
        return ["test_a", "test_b"] if (name, version) == ("numpy", "3.0") else []

    lines = table(verdicts([NUMPY, PILLOW], {"numpy": "3.0", "pillow": "13.0"}, fails_alone), []).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["numpy", ">=1.26", "3.0", "test_a"],
        ["pillow", ">=11", "13.0", "passed"],
    ]


def test_what_no_package_alone_explains_has_a_line_of_its_own() -> None:
    found = verdicts([PILLOW], {"pillow": "13.0"}, lambda *_: [])
    assert table(found, ["test_c"]).splitlines()[-1].split() == ["several", "together", "test_c"]


def test_what_users_get_is_tried_and_our_own_distributions_are_not() -> None:
    names = [each.name for each in admitted(["transformers"])]
    assert {"numpy", "transformers", "langchain-core", "llama-index-core"} <= set(names)
    assert not {"openai", "ocr2-loaders", "pytest"} & set(names)
    assert names == sorted(set(names))
