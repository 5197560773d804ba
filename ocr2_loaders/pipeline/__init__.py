"""The stages in their order: sources, pages and their filters, transcription, blocks and theirs. No other place knows
it.
"""

from ocr2_loaders.pipeline.live import load_live
from ocr2_loaders.pipeline.loading import aload, load
from ocr2_loaders.pipeline.pictures import Pictures, figure_of, picture_of

__all__ = ["Pictures", "aload", "figure_of", "load", "load_live", "picture_of"]
