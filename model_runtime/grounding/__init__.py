"""The model's grounded markup, read and written: tags with labels and boxes, and the text behind them.

<|ref|>label<|/ref|><|det|>[[x0, y0, x1, y1]]<|/det|>
the block's text
"""

from model_runtime.grounding.parser import GroundingParser, parse
from model_runtime.grounding.span import GroundedSpan
from model_runtime.grounding.writer import written

__all__ = ["GroundedSpan", "GroundingParser", "parse", "written"]
