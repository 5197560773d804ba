from __future__ import annotations

import pytest

from model_runtime.install_line import install_line
from tests.support.absent import python_without

TRY = """
from ocr2_loaders.errors import OutputError
from ocr2_loaders.export import FORMATS
try:
    FORMATS[{name!r}].writer()
except OutputError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [("docx", "docx", "docx"), ("docx", "mathml2omml", "docx"), ("docling", "docling_core", "docling")],
)
def test_a_missing_package_is_told_with_the_line_that_installs_it(name: str, package: str, extra: str) -> None:
    run = python_without(package, code=TRY.format(name=name))
    assert package in run.stdout
    assert install_line(extra) in run.stdout


def test_formats_are_imported_when_they_are_first_used() -> None:
    heavy = {"docx", "docling_core", "nh3", "latex2mathml"}
    run = python_without(code=f"import sys, ocr2_loaders.export; print(len({heavy} & set(sys.modules)))")
    assert run.stdout.strip() == "0"
