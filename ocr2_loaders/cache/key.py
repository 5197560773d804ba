"""What decides how a document's pages come out, as one name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.metadata import version

from model_runtime.contract import EngineIdentity
from ocr2_loaders.cache.record import FIELDS
from ocr2_loaders.filters import FilterVersion
from ocr2_loaders.identity import SCHEMA_VERSION
from ocr2_loaders.settings import RenderSettings, TranscriptionSettings
from ocr2_loaders.sources.source import Source
from ocr2_loaders.transcription import TRANSCRIPTION_VERSION

_DRAWS = ("dpi", "max_side_px", "max_pixels")
"""The render settings that show in a picture. Deadlines, processes and the choice of pages do not."""


class DocumentKeys:
    """Keys for the documents of one run. Equal keys: equal pages, on any machine and under any file name."""

    def __init__(
        self,
        engine: EngineIdentity,
        render: RenderSettings,
        transcription: TranscriptionSettings,
        filters: Sequence[FilterVersion] = (),
        *,
        fallback: EngineIdentity | None = None,
    ) -> None:
        """`fallback` is the engine that reads what `engine` could not."""
        self._conditions = (
            (SCHEMA_VERSION, TRANSCRIPTION_VERSION, *FIELDS),
            tuple((each.engine, each.version, each.model) for each in (engine, fallback) if each),
            (version("pypdfium2"), version("pillow"), *(getattr(render, name) for name in _DRAWS)),
            transcription.model_dump(mode="json", exclude={"page_timeout_s"}),
            tuple(filters),
        )

    def key(self, source: Source) -> str:
        """The document's key: 64 hexadecimal digits that follow from its bytes and the conditions of the run."""
        return hashlib.sha256(json.dumps([source.sha256, source.file_type, *self._conditions]).encode()).hexdigest()
