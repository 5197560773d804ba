"""The distribution: a namespace that it shares, and what importing it brings along."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import llama_index.readers.ocr2 as package
import pytest

from tests.support.imports import brought_along, imported_names

PROJECT = Path(__file__).parent.parent
MODULES = sorted((PROJECT / "llama_index").rglob("*.py"))


def test_the_shared_namespace_levels_have_no_init_file() -> None:
    assert not (PROJECT / "llama_index" / "__init__.py").exists()
    assert not (PROJECT / "llama_index" / "readers" / "__init__.py").exists()


def test_it_is_typed() -> None:
    assert files(package).joinpath("py.typed").is_file()


def test_the_catalogue_names_everything_public() -> None:
    assert package.__all__ == [
        "DocumentStream",
        "Ocr2Document",
        "Ocr2NodeParser",
        "Ocr2Reader",
        "ReaderEngineUnavailable",
    ]
    assert all(hasattr(package, name) for name in package.__all__)


def test_importing_it_brings_no_model_and_no_other_framework() -> None:
    added = brought_along("llama_index.readers.ocr2", beside="llama_index.core")
    assert "ocr2_loaders" in added
    assert not added & {"torch", "vllm", "transformers", "langchain_core", "rapidocr", "onnxruntime", "cv2"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_it_imports_public_modules_and_its_own_framework_only(module: Path) -> None:
    for name in imported_names(module):
        package, *inner = name.split(".")
        assert package not in {"langchain_core", "langchain", "torch", "vllm", "transformers"}
        assert not any(part.startswith("_") for part in inner)
