import subprocess
import sys
from pathlib import Path

import pytest

from model_runtime.contract import Engine
from model_runtime.engines.registry import ENGINES, EngineOptions, open_engine
from model_runtime.errors import EngineUnavailable
from model_runtime.install_line import install_line
from tests.support.absent import python_without


def test_an_unknown_engine_is_named_beside_the_known_ones() -> None:
    with pytest.raises(EngineUnavailable, match="no engine 'tesseract'") as caught:
        open_engine("tesseract")
    assert all(name in str(caught.value) for name in ("auto", *ENGINES))


def test_replay_asks_for_its_transcripts() -> None:
    with pytest.raises(EngineUnavailable, match="needs transcripts"):
        open_engine("replay")


def test_replay_opens_on_a_folder(tmp_path: Path) -> None:
    (tmp_path / "1.mmd").write_text("text")
    with open_engine("replay", EngineOptions(transcripts=tmp_path)) as engine:
        assert isinstance(engine, Engine)
        assert engine.identity.engine == "replay"


def test_every_entry_names_packages_and_the_extra_that_brings_them() -> None:
    for name, entry in ENGINES.items():
        assert bool(entry.packages) == bool(entry.extra), name


def test_a_missing_package_is_answered_with_the_install_line() -> None:
    code = "from model_runtime.engines.registry import open_engine; open_engine('embedded')"
    run = python_without("rapidocr", code=code)
    assert f"engine 'embedded' needs rapidocr; {install_line('embedded')}" in run.stderr


def test_auto_without_any_engine_says_what_to_install() -> None:
    code = "from model_runtime.engines.registry import open_engine; open_engine()"
    run = python_without("rapidocr", "onnxruntime", code=code)
    assert f"no engine is installed; {install_line('embedded')}" in run.stderr


def test_auto_says_once_what_it_chose() -> None:
    pytest.importorskip("rapidocr")
    code = "from model_runtime.engines.registry import open_engine; open_engine(); open_engine()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr.count("engine 'auto' chose 'embedded'") == 1


@pytest.mark.parametrize(
    ("engine", "package", "variable"),
    [
        ("endpoint", "openai", "OCR2_ENDPOINT_BASE_URLS"),
        ("unstructured", "unstructured_client", "OCR2_UNSTRUCTURED_SERVER_URL"),
    ],
)
def test_an_engine_that_needs_a_server_goes_to_none_that_nobody_named(
    engine: str, package: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip(package)
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(EngineUnavailable, match=f"engine '{engine}' needs a server") as caught:
        open_engine(engine)
    assert variable in (caught.value.hint or "")


def test_whoever_wants_to_tell_what_auto_chose_can(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("rapidocr")
    told: list[tuple[str, str]] = []
    open_engine(tell=lambda name, sentence: told.append((name, sentence))).close()
    assert told[0][0] == "embedded"
    assert told[0][1].startswith("engine 'auto' chose 'embedded'")
    assert not caplog.records
