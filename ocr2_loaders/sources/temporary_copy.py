"""The file that stands for content which is no file of the user's."""

from __future__ import annotations

import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp


class TemporaryCopy:
    """A path in a folder of its own, removed once nothing refers to this object, or when the program ends.

    A `Source` refers to its copy and a page's result to its source: while a result is at hand, its pictures are too.
    """

    def __init__(self, file_name: str) -> None:
        folder = mkdtemp(prefix="ocr2-")
        self.path = Path(folder, file_name)
        self._removal = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def remove(self) -> None:
        self._removal()

    def __reduce__(self) -> tuple[type[None], tuple[()]]:
        """A source that goes to another process goes without its copy, which stays with the process that made it."""
        return (type(None), ())
