"""Formulas as pictures: XeLaTeX sets them, Ghostscript draws them, and each token is found by its colour."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ocr2_loaders.bench.formula_rendering.colouring import ColouredFormula, colour, coloured
from ocr2_loaders.bench.formula_rendering.reader import UnreadableFormulaError

_DPI = 200
_TIMEOUT_S = 30.0
_PADDING_PX = 8
_FONTS = ("Source Han Sans SC", "Noto Sans CJK SC")
_HOW_TO_GET = "install texlive-xetex, texlive-lang-chinese, fonts-noto-cjk and ghostscript"
_DOCUMENT = r"""
\documentclass[12pt]{article}
\usepackage[landscape]{geometry}
\usepackage{geometry}
\geometry{a<PAPER>paper,scale=0.98}
\pagestyle{empty}
\usepackage{amsmath}
\usepackage{upgreek}
\usepackage{amssymb}
\usepackage{xcolor}
\usepackage{xeCJK}
\setCJKmainfont{<FONT>}
\setCJKsansfont{<FONT>}
\setCJKmonofont{<FONT>}
\xeCJKsetup{CJKmath=true}
\begin{document}
\makeatletter
\renewcommand*{\@textcolor}[3]{%
  \protect\leavevmode
  \begingroup
    \color#1{#2}#3%
  \endgroup
}
\makeatother
\begin{displaymath}
<FORMULA>
\end{displaymath}
\end{document}
"""


class UnrenderedFormulaError(Exception):
    """A formula that gives no picture."""


class NoRendererError(Exception):
    """Formulas cannot be rendered on this machine; the message is one line that says how to change it."""


@dataclass(frozen=True, slots=True)
class TokenBox:
    """A token and the pixels it covers: x0, y0, x1, y1 from the top left, one pixel of margin on each side."""

    token: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FormulaPicture:
    """The tokens that can be seen, in the order of the LaTeX, and the size of the picture in pixels."""

    tokens: tuple[TokenBox, ...]
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class FormulaRenderer:
    """Paths of the programs, and the font for Chinese characters."""

    xelatex: str
    ghostscript: str
    font: str

    def picture(self, latex: str) -> FormulaPicture:
        """Raises: UnrenderedFormulaError."""
        try:
            formula = coloured(latex)
        except UnreadableFormulaError as error:
            raise UnrenderedFormulaError(str(error)) from error
        with TemporaryDirectory(prefix="formula-") as folder:
            return _picture(self._drawn(formula, Path(folder)), formula)

    def _drawn(self, formula: ColouredFormula, folder: Path) -> NDArray[np.uint8]:
        """The page, of shape (height, width, 3)."""
        document = _DOCUMENT.replace("<PAPER>", _paper(len(formula.tokens))).replace("<FONT>", self.font)
        (folder / "formula.tex").write_text(document.replace("<FORMULA>", formula.latex), encoding="utf-8")
        _run([self.xelatex, "-interaction=nonstopmode", "-no-shell-escape", "formula.tex"], folder)
        if not (folder / "formula.pdf").is_file():
            raise UnrenderedFormulaError("XeLaTeX made no page of it")
        _run([self.ghostscript, *_GHOSTSCRIPT_OPTIONS, "-sOutputFile=formula.png", "formula.pdf"], folder)
        if not (folder / "formula.png").is_file():
            raise UnrenderedFormulaError("Ghostscript made no picture of it")
        with Image.open(folder / "formula.png") as image:
            return np.asarray(image.convert("RGB"))


_GHOSTSCRIPT_OPTIONS = (
    *("-q", "-dQUIET", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dNOPROMPT", "-dAlignToPixels=0", "-dGridFitTT=2"),
    *("-sDEVICE=pngalpha", "-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", f"-r{_DPI}x{_DPI}"),
    *("-dFirstPage=1", "-dLastPage=1"),
)
"""With the transparency left out afterwards, the pixels at the edge of a stroke have its full colour."""


def formula_renderer() -> FormulaRenderer:
    """The renderer of this machine, tried once on a small formula.

    Raises: NoRendererError.
    """
    programs = {name: shutil.which(name) for name in ("xelatex", "gs")}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        raise NoRendererError(f"{' and '.join(missing)} not found; {_HOW_TO_GET}")
    for font in _FONTS:
        renderer = FormulaRenderer(str(programs["xelatex"]), str(programs["gs"]), font)
        if _works(renderer):
            return renderer
    raise NoRendererError(f"xelatex and gs cannot set a formula with Chinese characters; {_HOW_TO_GET}")


def _works(renderer: FormulaRenderer) -> bool:
    try:
        return len(renderer.picture("x = 中").tokens) == 3
    except UnrenderedFormulaError:
        return False


def _paper(num_tokens: int) -> str:
    return "3" if num_tokens > 1300 else "4" if num_tokens > 600 else "5"


def _run(command: list[str], folder: Path) -> None:
    """What a program says of errors is not asked for: XeLaTeX goes on after most of them, as the benchmark has it.

    Formulas are foreign text, so TeX may open files in the folder alone.
    """
    limits = {"openin_any": "p", "openout_any": "p", "TMPDIR": str(folder)}
    try:
        subprocess.run(  # noqa: S603 - fixed programs, and the formula is in a file
            command,
            cwd=folder,
            env={**os.environ, **limits},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnrenderedFormulaError(f"not set within {_TIMEOUT_S:g} s") from error


def _picture(page: NDArray[np.uint8], formula: ColouredFormula) -> FormulaPicture:
    """The page cut down to its ink."""
    rows, columns = np.nonzero(np.asarray(Image.fromarray(page).convert("L")) != 255)
    if not rows.size:
        raise UnrenderedFormulaError("the page is empty")
    left, top = int(columns.min()) - _PADDING_PX, int(rows.min()) - _PADDING_PX
    width, height = int(columns.max()) + _PADDING_PX - left, int(rows.max()) + _PADDING_PX - top
    number_of = {colour(number): number for number in range(len(formula.tokens))}
    boxes = _boxes(page, rows, columns)
    found = sorted((number_of[paint], box) for paint, box in boxes.items() if paint in number_of)
    tokens = tuple(
        TokenBox(formula.tokens[number], (x0 - left - 1, y0 - top - 1, x1 - left + 1, y1 - top + 1))
        for number, (x0, y0, x1, y1) in found
    )
    return FormulaPicture(tokens, width, height)


def _boxes(
    page: NDArray[np.uint8], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> dict[tuple[int, int, int], tuple[int, int, int, int]]:
    """The pixels from first to last of every colour of the page's ink, x0, y0, x1, y1."""
    inks, which = np.unique(page[rows, columns], axis=0, return_inverse=True)
    boxes = {}
    for index, ink in enumerate(inks):
        mine = which.reshape(-1) == index
        x, y = columns[mine], rows[mine]
        boxes[int(ink[0]), int(ink[1]), int(ink[2])] = (int(x.min()), int(y.min()), int(x.max()), int(y.max()))
    return boxes
