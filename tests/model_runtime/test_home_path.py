import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.model_folder import is_downloaded
from model_runtime.engines.options import EngineOptions
from model_runtime.engines.replay import ReplayEngine
from model_runtime.home_path import home_path


def test_a_tilde_in_front_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert home_path("~/a.pdf") == tmp_path / "a.pdf"
    assert home_path("~") == tmp_path
    assert home_path(Path("~/*.pdf")) == tmp_path / "*.pdf"


def test_what_has_that_very_name_is_meant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    Path("~").mkdir()
    Path("~/a.pdf").touch()
    assert home_path("~/a.pdf") == Path("~/a.pdf")
    assert home_path("./~/b.pdf") == Path("./~/b.pdf")


@given(st.text(st.characters(exclude_characters="\0~", codec="utf-8"), min_size=1))
def test_other_paths_and_unknown_users_stay_as_they_are(text: str) -> None:
    assert home_path(text) == Path(text)
    assert home_path(f"~no such user {text}") == Path(f"~no such user {text}")


def test_models_and_transcripts_are_found_at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "1.mmd").write_text("words")
    assert is_downloaded(EngineOptions(model="~/model"))
    assert not is_downloaded(EngineOptions(model=f"~{os.getpid()}-nobody/model"))
    assert ReplayEngine.from_path(Path("~/model")).identity.model == "model"
