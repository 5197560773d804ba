"""The distribution: what it offers, and what importing it brings along."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import langchain_ocr2
import pytest

from tests.support.imports import brought_along, imported_names

MODULES = sorted((Path(__file__).parent.parent / "langchain_ocr2").rglob("*.py"))


def test_it_is_typed() -> None:
    assert files(langchain_ocr2).joinpath("py.typed").is_file()


def test_the_catalogue_names_everything_public() -> None:
    assert langchain_ocr2.__all__ == ["Ocr2BlobParser", "Ocr2Loader", "ocr2_key_encoder"]
    assert all(getattr(langchain_ocr2, name) for name in langchain_ocr2.__all__)


@pytest.mark.parametrize("section", ["Setup:", "Instantiate:", "Lazy load:", "Async load:"])
def test_the_class_documents_itself_in_langchains_sections(section: str) -> None:
    assert f"\n    {section}\n" in (langchain_ocr2.Ocr2Loader.__doc__ or "")


def test_importing_it_brings_no_model_and_no_other_framework() -> None:
    added = brought_along("langchain_ocr2", beside="langchain_core.document_loaders.base")
    assert "ocr2_loaders" in added
    assert not added & {"torch", "vllm", "transformers", "llama_index", "rapidocr", "onnxruntime", "cv2"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_it_imports_public_modules_and_its_own_framework_only(module: Path) -> None:
    for name in imported_names(module):
        package, *inner = name.split(".")
        assert package not in {"llama_index", "langchain", "langchain_community", "torch", "vllm", "transformers"}
        assert not any(part.startswith("_") for part in inner)
