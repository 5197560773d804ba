from __future__ import annotations

import pytest

from model_runtime.install_line import install_line
from ocr2_loaders.filters import FilterVersion, chosen_filters, filter_versions
from ocr2_loaders.pages import PageImage
from ocr2_loaders.settings import PageFilterName
from tests.support.absent import python_without


def as_it_is(page: PageImage) -> PageImage:
    return page


class Named:
    name, version = "sharpen", "2"

    def __call__(self, page: PageImage) -> PageImage:
        return page


def test_filters_come_in_the_order_in_which_they_were_asked_for() -> None:
    pytest.importorskip("jdeskew")
    pytest.importorskip("rapidocr")
    chosen = chosen_filters([PageFilterName.DESPECKLE, as_it_is, *PageFilterName])
    assert [getattr(each, "name", None) for each in chosen] == ["despeckle", None, *PageFilterName]


@pytest.mark.parametrize(
    ("name", "package"), [("deskew", "jdeskew"), ("deskew", "cv2"), ("despeckle", "cv2"), ("auto-rotate", "rapidocr")]
)
def test_a_missing_package_is_named_with_the_line_that_installs_it(name: str, package: str) -> None:
    code = f"""
from ocr2_loaders.errors import FilterUnavailable
from ocr2_loaders.filters import chosen_filters
from ocr2_loaders.settings import PageFilterName
try:
    chosen_filters([PageFilterName({name!r})])
except FilterUnavailable as error:
    print(isinstance(error, ImportError), error)
"""
    run = python_without(package, code=code)
    assert run.stdout.startswith("True the page filter"), run.stderr
    assert package in run.stdout
    assert install_line("filters") in run.stdout


def test_filters_that_say_their_version_are_told_apart_by_it() -> None:
    assert filter_versions([]) == ()
    assert filter_versions([Named(), Named()]) == (FilterVersion("sharpen", "2"),) * 2


def test_one_filter_without_a_version_makes_the_run_one_without() -> None:
    assert filter_versions([Named(), as_it_is]) is None
