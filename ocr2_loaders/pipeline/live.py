"""Pages as they are being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from model_runtime.contract import Engine
from model_runtime.engines.registry import AUTO
from ocr2_loaders.blocks import Block, PageResult
from ocr2_loaders.pipeline.loading import iterate
from ocr2_loaders.pipeline.run import Wish
from ocr2_loaders.settings import LoadSettings
from ocr2_loaders.sources import PassedOver, SourceInputs

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_DEFAULTS = LoadSettings()


def load_live(
    inputs: SourceInputs,
    *,
    settings: LoadSettings = _DEFAULTS,
    engine: str | Engine = AUTO,
    fs: AbstractFileSystem | None = None,
    passed_over: Callable[[PassedOver], object] | None = None,
) -> Iterator[Block | PageResult]:
    """For every page, in order: each block as soon as the engine has gone on to the next one, then the page.

    What comes while a page is written is its first reading, before block filters; the page itself has the last word,
    and the last block. Of an engine that does not tell what it writes, the pages come alone. For the rest, and what is
    raised, see `load`.
    """
    return iterate(Wish(inputs, settings, engine, fs, is_live=True, passed_over=passed_over))
