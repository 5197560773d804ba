import os
from pathlib import Path

import pytest
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:
    # Several tests run at a time: if each took every core for its threads, they would mostly wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test is timed: machines are busy, and first calls are slow. The same examples every time, so that a change is
# judged and not the luck of the day; `--hypothesis-profile=search` tries new ones.
settings.register_profile("search", deadline=None)
settings.register_profile("same", deadline=None, derandomize=True)
settings.load_profile("same")


@pytest.fixture(scope="session", autouse=True)
def _state_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the command line keeps for its user is not the user's who runs the tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


ROOT = Path(__file__).parents[1]
SLOW = tuple(
    str(ROOT / folder)
    for folder in (
        "integrations",
        "tests/examples",
        "tests/flow",
        *(f"tests/model_runtime/{each}" for each in ("deepencoder_v2", "engines/embedded", "engines/endpoint")),
        *(f"tests/model_runtime/engines/{each}" for each in ("transformers", "unstructured", "vllm")),
        *(f"tests/ocr2_loaders/{each}" for each in ("cache", "cli", "filters", "pages", "view")),
    )
)
"""Folders whose tests start programs, servers or models, or read pictures: `make test-fast` does without them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if str(item.path).startswith(SLOW):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder in the official layout: a few MB of random weights, the published vocabulary."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from model_runtime.testing.model_folder import SIZES, write_model_folder

    folder = tmp_path_factory.mktemp("models") / "small"
    write_model_folder(folder, SIZES["small"])
    return folder
