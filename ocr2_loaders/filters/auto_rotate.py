"""Auto-rotate: pages that lie on a side or upside down are turned upright."""

from __future__ import annotations

from functools import cached_property

from model_runtime.engines.embedded.ocr import installed_version, model_files, model_names
from model_runtime.engines.embedded.orientation import ORIENTATION_VERSION, OrientationReader
from model_runtime.engines.embedded.settings import num_cores
from ocr2_loaders.filters.turning import turned
from ocr2_loaders.filters.typeset import is_typeset
from ocr2_loaders.pages import PageImage
from ocr2_loaders.settings import PageFilterName


class AutoRotate:
    """A `PageFilter`. A page stays as it is where its lines do not tell clearly that it lies wrong.

    RapidOCR is loaded for the first page that needs it; pages whose own text runs level need nothing.
    """

    name = PageFilterName.AUTO_ROTATE.value

    def __init__(self) -> None:
        """Raises: EngineUnavailable when RapidOCR or its models are missing."""
        model_files()

    @property
    def version(self) -> str:
        return f"{ORIENTATION_VERSION}, rapidocr {installed_version()}, {model_names()}"

    def __call__(self, page: PageImage) -> PageImage:
        return page if is_typeset(page) else turned(page, self._reader.turn_deg(page.pixels))

    @cached_property
    def _reader(self) -> OrientationReader:
        return OrientationReader(num_cores())
