"""The figures of a document as picture files beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from ocr2_loaders.blocks import Block, BlockLabel, PageResult, crop_of
from ocr2_loaders.cli.console import stderr
from ocr2_loaders.cli.output_folder import OutputFolder
from ocr2_loaders.cli.whole_file import make_folder
from ocr2_loaders.cli.wording import worded
from ocr2_loaders.errors import Ocr2Error, OutputError
from ocr2_loaders.export import NO_FIGURES, Figure, Figures
from ocr2_loaders.pipeline import Pictures
from ocr2_loaders.sources.own_picture import own_png

if TYPE_CHECKING:
    from PIL.Image import Image


class FigureFiles:
    """Cuts figures out of their pages, which are rendered anew for it, into PNG files in a folder inside `output`."""

    def __init__(self, output: OutputFolder, folder_name: str, pictures: Pictures) -> None:
        self._output = output
        self._folder = output.path / folder_name
        self._pictures = pictures
        self._is_made = False

    def of(self, page: PageResult) -> Figures:
        """The page's figures, saved; none where the page has no picture any more. Raises: OutputError."""
        blocks = [block for block in page.blocks if block.label is BlockLabel.FIGURE and block.boxes]
        if not blocks:
            return NO_FIGURES
        try:
            pixels = self._pictures.of(page)
        except Ocr2Error as error:
            stderr.print(f"page {page.page_number} stays without pictures: {worded(error)}", style="yellow")
            return NO_FIGURES
        crops = ((block, crop_of(block, pixels)) for block in blocks)
        return {block.id: self._saved(block, crop) for block, crop in crops if crop}

    def _saved(self, block: Block, crop: Image) -> Figure:
        self._make_folder()
        name = f"page-{block.page_number}-block-{block.reading_order + 1}.png"
        self._output.write(self._folder / name, own_png(crop))
        return Figure(self._folder / name, quote(f"{self._folder.name}/{name}"))

    def _make_folder(self) -> None:
        if self._folder.is_symlink():
            raise OutputError(f"cannot write into {self._folder}: it is a link", hint="remove the link")
        if not self._is_made:
            make_folder(self._folder)
            self._is_made = True
