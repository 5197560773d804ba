"""The line that installs an extra works for whoever reads it: from a clone, a git URL, a file or an index."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from model_runtime.install_line import install_line, requirement


@pytest.mark.parametrize(
    ("origin", "wanted"),
    [
        ({}, ["ocr2-loaders[docx,bench]"]),
        ({"url": "file:///a%20clone", "dir_info": {"editable": True}}, ["-e", "/a clone[docx,bench]"]),
        ({"url": "file:///a%20clone", "dir_info": {}}, ["/a clone[docx,bench]"]),
        (
            {"url": "https://example.org/it.git", "vcs_info": {"vcs": "git", "commit_id": "b29e222"}},
            ["ocr2-loaders[docx,bench] @ git+https://example.org/it.git@b29e222"],
        ),
        (
            {"url": "file:///it-0.2.0-py3-none-any.whl", "archive_info": {}},
            ["ocr2-loaders[docx,bench] @ file:///it-0.2.0-py3-none-any.whl"],
        ),
    ],
)
def test_what_to_give_pip_follows_from_where_the_installation_came(origin: dict[str, Any], wanted: list[str]) -> None:
    assert shlex.split(requirement(origin, ("docx", "bench"))) == wanted


def test_a_clone_is_installed_again_with_the_extra() -> None:
    """The tests run in an editable installation, or in a bare source tree: both are clones."""
    command = shlex.split(install_line("embedded"))
    assert command[:3] == ["pip", "install", "-e"]
    clone, _, extra = command[3].partition("[")
    assert (Path(clone) / "model_runtime" / "install_line.py").is_file()
    assert extra == "embedded]"
