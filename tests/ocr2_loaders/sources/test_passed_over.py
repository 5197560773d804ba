"""Files of a folder that are no documents are told of, when they are passed over, with what they are."""

import logging
import os
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from ocr2_loaders.errors import EmptyDocument, SourceNotRegular, UnsupportedFormat
from ocr2_loaders.sources import PassedOver, opened_sources

PDF = b"%PDF-1.7\nbody"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "a.docx": b"PK\x03\x04",
        "b.pdf": PDF,
        "c/d.MP4": b"\x00\x00\x00\x18ftypisom",
        "c/notes": b"Dear reader",
        "c/odd.name of a file": b"Dear reader",
        "c/z.pdf": b"<html>",
        "empty.txt": b"",
        ".hidden": b"x",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe.txt")
    return tmp_path


def test_each_is_told_of_with_its_kind_and_what_it_is(folder: Path) -> None:
    passed: list[PassedOver] = []
    assert [each.name for each in opened_sources(folder, passed_over=passed.append)] == ["b.pdf", "z.pdf"]
    assert [(each.name, each.kind, type(each.error)) for each in passed] == [
        ("a.docx", ".docx", UnsupportedFormat),
        ("d.MP4", ".mp4", UnsupportedFormat),
        ("notes", "without a suffix", UnsupportedFormat),
        ("odd.name of a file", "without a suffix", UnsupportedFormat),
        ("empty.txt", "empty", EmptyDocument),
        ("pipe.txt", "no regular file", SourceNotRegular),
    ]
    assert passed[0].uri == str(folder / "a.docx")
    assert str(passed[1].error).endswith("(a film or sound of the MP4 family)")


def test_it_is_told_when_it_happens_and_not_before(folder: Path) -> None:
    passed: list[PassedOver] = []
    sources = opened_sources(folder, passed_over=passed.append)
    next(sources)
    assert [each.name for each in passed] == ["a.docx"]


def test_a_glob_and_another_file_system_tell_of_theirs(folder: Path) -> None:
    passed: list[PassedOver] = []
    list(opened_sources(f"{folder}/*.docx", passed_over=passed.append))
    files = MemoryFileSystem()
    files.pipe({"/passed/a.pdf": PDF, "/passed/b.xlsx": b"PK\x03\x04"})
    list(opened_sources("/passed", fs=files, passed_over=passed.append))
    assert [(each.uri, each.kind) for each in passed] == [
        (str(folder / "a.docx"), ".docx"),
        ("memory:///passed/b.xlsx", ".xlsx"),
    ]


def test_without_a_listener_the_log_tells(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "ocr2_loaders"):
        list(opened_sources(folder / "c"))
    assert caplog.messages[1].startswith(f"passed over {folder}/c/notes: notes is no PDF and no picture")


def test_a_file_that_was_named_is_never_passed_over(folder: Path) -> None:
    passed: list[PassedOver] = []
    (failed,) = opened_sources(folder / "a.docx", passed_over=passed.append)
    assert (failed.name, passed) == ("a.docx", [])
