"""The filters of a run: those that come with the package by name, others as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import NamedTuple, cast

from model_runtime.install_line import install_line
from ocr2_loaders.errors import EngineUnavailable, FilterUnavailable
from ocr2_loaders.filters.page_filter import PageFilter
from ocr2_loaders.settings import PageFilterName

_HOMES = {
    PageFilterName.AUTO_ROTATE: "ocr2_loaders.filters.auto_rotate:AutoRotate",
    PageFilterName.DESKEW: "ocr2_loaders.filters.deskew:Deskew",
    PageFilterName.DESPECKLE: "ocr2_loaders.filters.despeckle:Despeckle",
}


class FilterVersion(NamedTuple):
    """Equal names and versions: equal pages come out for equal pages."""

    name: str
    version: str


def chosen_filters(wanted: Iterable[PageFilterName | PageFilter]) -> tuple[PageFilter, ...]:
    """The filters, ready for a run. Raises: FilterUnavailable when a package that one of them needs is missing."""
    return tuple(_named(each) if isinstance(each, PageFilterName) else each for each in wanted)


def filter_versions(filters: Sequence[PageFilter]) -> tuple[FilterVersion, ...] | None:
    """What decides how the filters change pages; None where one of them does not say."""
    versions = [(getattr(each, "name", None), getattr(each, "version", None)) for each in filters]
    if not all(isinstance(name, str) and isinstance(version, str) for name, version in versions):
        return None
    return tuple(FilterVersion(str(name), str(version)) for name, version in versions)


def _named(name: PageFilterName) -> PageFilter:
    module, _, kind = _HOMES[name].partition(":")
    try:
        return cast("PageFilter", getattr(import_module(module), kind)())
    except ImportError as error:
        raise FilterUnavailable(
            f"the page filter {name.value!r} needs {error.name or error}", hint=install_line("filters")
        ) from error
    except EngineUnavailable as error:
        raise FilterUnavailable(
            f"the page filter {name.value!r}: {error.message}", hint=install_line("filters")
        ) from error
