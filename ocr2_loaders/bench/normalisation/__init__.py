"""What is left of text, formulas and tables when they are compared."""

from ocr2_loaders.bench.normalisation.formula import normal_formula
from ocr2_loaders.bench.normalisation.table import normal_table
from ocr2_loaders.bench.normalisation.text import latex_as_text, letters_of, normal_text

__all__ = ["latex_as_text", "letters_of", "normal_formula", "normal_table", "normal_text"]
