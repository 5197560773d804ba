"""Formulas as pictures in which every token can be found."""

from ocr2_loaders.bench.formula_rendering.renderer import (
    FormulaPicture,
    FormulaRenderer,
    NoRendererError,
    TokenBox,
    UnrenderedFormulaError,
    formula_renderer,
)

__all__ = [
    "FormulaPicture",
    "FormulaRenderer",
    "NoRendererError",
    "TokenBox",
    "UnrenderedFormulaError",
    "formula_renderer",
]
