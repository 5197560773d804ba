"""What is advised on the command line can be done on the command line."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from ocr2_loaders.cli.wording import _SETTINGS, advice, worded
from ocr2_loaders.errors import UrlRefused
from ocr2_loaders.settings import RenderSettings, SourceSettings, TranscriptionSettings
from tests.support.cli import ROOT, ocr2


def _advised() -> Iterator[str]:
    """Every text that the packages give as a hint."""
    for folder in ("ocr2_loaders", "model_runtime"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "hint":
                    yield from (each.value for each in ast.walk(node.value) if _is_text(each))
                if isinstance(node, ast.AnnAssign | ast.Assign) and "_HINTS" in ast.unparse(node):
                    yield from (each.value for each in ast.walk(node) if _is_text(each))


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _fields() -> set[str]:
    names = {"base_urls", "api_key", "server_url", "max_crops", "max_new_tokens", "memory_share", "max_in_flight"}
    settings = (SourceSettings, RenderSettings, TranscriptionSettings)
    return names | {name for each in settings for name in each.model_fields if "_" in name}


def test_every_setting_that_a_hint_names_has_a_word_on_the_command_line() -> None:
    known = {name for names in _SETTINGS.values() for name in names}
    words = {word for hint in _advised() for word in hint.replace(",", " ").replace(")", " ").replace("(", " ").split()}
    assert words & _fields() == words & _fields() & known
    assert "allow_private_addresses" in words


@pytest.mark.parametrize(
    ("stage", "hint", "told"),
    [
        (
            "sources",
            "set allow_private_addresses where that is meant",
            "set --allow-private-addresses where that is meant",
        ),
        ("sources", "raise max_bytes to read it", "raise max_bytes (in Python only) to read it"),
        ("engine", "raise timeout_s", "raise OCR2_UNSTRUCTURED_TIMEOUT_S"),
        ("engine", "raise request_timeout_s", "raise OCR2_ENDPOINT_REQUEST_TIMEOUT_S"),
        ("engine", "see /home/max_tokens/log", "see /home/max_tokens/log"),
        ("pages", "give its password", "give its password in OCR2_PASSWORD or with --password"),
        ("output", "remove the link", "remove the link"),
    ],
)
def test_settings_become_options(stage: str, hint: str, told: str) -> None:
    assert advice(hint, stage) == told


def test_the_error_itself_keeps_the_words_of_the_api() -> None:
    error = UrlRefused("x is not a public address", hint="set allow_private_addresses")
    assert str(worded(error)) == "x is not a public address; set --allow-private-addresses"
    assert error.hint == "set allow_private_addresses"


@pytest.mark.parametrize("command", ["convert", "view"])
def test_a_refused_address_names_the_option_in_messages_and_documents(command: str, tmp_path) -> None:
    (tmp_path / "1.mmd").write_text("words")
    run = ocr2(command, "http://127.0.0.1:9/a.pdf", "-e", "replay", "--transcripts", tmp_path, "-o", tmp_path / "out")
    assert run.returncode == 2
    assert "--allow-private-addresses" in run.stderr
    assert "allow_private_addresses" not in run.stderr
    allowed = ocr2(command, "http://127.0.0.1:9/a.pdf", "-e", "replay", "--transcripts", tmp_path,
                   "--allow-private-addresses", "-o", tmp_path / "out")  # fmt: skip
    assert "a.pdf cannot be read" in allowed.stderr
    assert "public address" not in allowed.stderr
