"""The loader, in each of its modes, against what every loader should keep to."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from langchain_core.document_loaders import BaseLoader
from langchain_ocr2 import Ocr2Loader, ocr2_key_encoder

from model_runtime.engines.replay import ReplayEngine
from ocr2_loaders.settings import DocumentMode
from tests.support.loader_conformance import LoaderConformance, MakeLoader
from tests.support.papers import TABLE_TRANSCRIPT, transcript, write_paper

TRANSCRIPTS = (
    transcript("Results", "Yields rose."),
    TABLE_TRANSCRIPT,
    transcript("Größe ≥ 3", "Ende \N{GRINNING FACE}"),
)


@pytest.fixture(params=get_args(DocumentMode))
def make_loader(request: pytest.FixtureRequest, tmp_path: Path) -> MakeLoader:
    paper = write_paper(tmp_path / "paper.pdf", ["Results", "Yields by year", "Size"])

    def made() -> BaseLoader:
        return Ocr2Loader(paper, mode=request.param, engine=ReplayEngine.from_texts(TRANSCRIPTS))

    return made


class TestLoader(LoaderConformance):
    key_encoder = staticmethod(ocr2_key_encoder)


class TestLoaderWithLangChainsOwnHash(LoaderConformance):
    key_encoder = "sha256"
