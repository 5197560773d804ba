import os
from pathlib import Path

import pytest
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:
    # Several tests run at a time: if each took every core for its threads, they would mostly wait for one another.
    os.environ.setdefault("OMP_NUM_THREADS", "1")

settings.register_profile("untimed", deadline=None)  # no test is timed: machines are busy, and first calls are slow
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def _state_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the command line keeps for its user is not the user's who runs the tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder in the official layout: a few MB of random weights, the published vocabulary."""
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    from model_runtime.testing.model_folder import SIZES, write_model_folder

    folder = tmp_path_factory.mktemp("models") / "small"
    write_model_folder(folder, SIZES["small"])
    return folder
