import subprocess
import sys
from types import ModuleType

import pytest

import model_runtime
import ocr2_loaders

HEAVY = ("torch", "vllm", "transformers", "llama_index", "langchain_core", "rapidocr", "onnxruntime", "cv2", "openai")
ON_DEMAND = ("pydantic", "numpy", "httpx", "fsspec", "typer", "rich", "pypdfium2")


@pytest.mark.parametrize(
    "module", ["ocr2_loaders", "model_runtime", "ocr2_loaders.cli", "model_runtime.engines.registry"]
)
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert not _modules_after_importing(module) & set(HEAVY)


def test_importing_the_library_leaves_what_only_some_inputs_need() -> None:
    assert not _modules_after_importing("ocr2_loaders") & set(ON_DEMAND)


def _modules_after_importing(module: str) -> set[str]:
    return _modules_after(f"import {module}")


def _modules_after(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_catalogue_names_what_there_is_in_order() -> None:
    assert ocr2_loaders.__all__ == sorted(ocr2_loaders.__all__)
    assert dir(ocr2_loaders) == ocr2_loaders.__all__
    assert sorted(name for names in ocr2_loaders._HOMES.values() for name in names) == ocr2_loaders.__all__


def test_a_name_that_is_not_in_the_catalogue_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = ocr2_loaders.lode


@pytest.mark.parametrize("name", ["load", "LoadSettings", "Block"])
def test_a_name_of_the_catalogue_can_be_imported_first(name: str) -> None:
    assert not _modules_after(f"from ocr2_loaders import {name}") & set(HEAVY)


def test_every_public_name_has_a_docstring() -> None:
    undocumented = [name for name in ocr2_loaders.__all__ if not getattr(ocr2_loaders, name).__doc__]
    assert not undocumented


@pytest.mark.parametrize("package", [ocr2_loaders, model_runtime])
def test_types_are_shipped(package: ModuleType) -> None:
    from importlib.resources import files

    assert files(package).joinpath("py.typed").is_file()
