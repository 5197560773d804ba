import subprocess
import sys
from types import ModuleType

import pytest

import model_runtime
import ocr2_loaders

HEAVY = ("torch", "vllm", "transformers", "llama_index", "langchain_core", "rapidocr", "onnxruntime", "cv2", "openai")
ON_DEMAND = ("httpx", "fsspec", "typer", "rich", "pypdfium2")


@pytest.mark.parametrize(
    "module", ["ocr2_loaders", "model_runtime", "ocr2_loaders.cli", "model_runtime.engines.registry"]
)
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert not _modules_after_importing(module) & set(HEAVY)


def test_importing_the_library_leaves_what_only_some_inputs_need() -> None:
    assert not _modules_after_importing("ocr2_loaders") & set(ON_DEMAND)


def _modules_after_importing(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_the_catalogue_names_what_there_is_in_order() -> None:
    assert ocr2_loaders.__all__ == sorted(ocr2_loaders.__all__)
    visible = {
        name
        for name, value in vars(ocr2_loaders).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert set(ocr2_loaders.__all__) == visible


def test_every_public_name_has_a_docstring() -> None:
    undocumented = [name for name in ocr2_loaders.__all__ if not getattr(ocr2_loaders, name).__doc__]
    assert not undocumented


@pytest.mark.parametrize("package", [ocr2_loaders, model_runtime])
def test_types_are_shipped(package: ModuleType) -> None:
    from importlib.resources import files

    assert files(package).joinpath("py.typed").is_file()
