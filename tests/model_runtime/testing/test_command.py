"""The command that makes a model folder."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from model_runtime.testing.__main__ import main


def test_it_writes_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["testing", "make-model", str(tmp_path / "model")])
    main()
    assert (tmp_path / "model" / "config.json").is_file()
    assert (tmp_path / "model" / "tokenizer.json").is_file()


def test_a_size_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["testing", "make-model", "model", "--size", "huge"])
    with pytest.raises(SystemExit):
        main()
    assert "invalid choice: 'huge'" in capsys.readouterr().err
