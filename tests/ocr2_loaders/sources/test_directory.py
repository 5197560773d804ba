import os
from pathlib import Path

import pytest

from ocr2_loaders.errors import SourceNotFound, SourceNotRegular, SourceUnreadable, UnsupportedFormat
from ocr2_loaders.sources import FailedSource, Source, opened_sources

PDF = b"%PDF-1.7\nbody"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Documents by name, by content, by neither, hidden ones, and ways to get lost."""
    files = {
        "b.pdf": PDF,
        "a/z.pdf": PDF,
        "a/scan": PDF,
        "a/notes.txt": b"Dear reader",
        "a/fake.PDF": b"<html>",
        "c.docx": b"PK\x03\x04",
        ".hidden.pdf": PDF,
        ".git/x.pdf": PDF,
        "empty": b"",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a/again").symlink_to(tmp_path)
    (tmp_path / "linked.pdf").symlink_to("b.pdf")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


def found(given: str | Path, below: Path) -> list[str]:
    return [
        f"{'' if isinstance(entry, Source) else '!'}{Path(entry.uri).relative_to(below)}"
        for entry in opened_sources(given)
    ]


def test_a_directory_gives_its_documents_sorted_with_all_below(folder: Path) -> None:
    assert found(folder, folder) == ["!a/fake.PDF", "a/scan", "a/z.pdf", "b.pdf", "linked.pdf"]


def test_a_file_that_claims_to_be_a_document_fails_and_says_why(folder: Path) -> None:
    (wrong,) = [entry for entry in opened_sources(folder) if isinstance(entry, FailedSource)]
    assert isinstance(wrong.error, UnsupportedFormat)
    assert "fake.PDF is not a PDF" in str(wrong.error)


def test_a_pipe_that_claims_to_be_a_document_fails_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    (wrong,) = opened_sources(tmp_path)
    assert isinstance(wrong.error, SourceNotRegular)


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.pdf", ["b.pdf", "linked.pdf"]),
        ("**/*.pdf", ["a/z.pdf", "b.pdf", "linked.pdf"]),
        ("a/*", ["!a/fake.PDF", "a/scan", "a/z.pdf"]),
        ("[ab].pdf", ["b.pdf"]),
        (".*.pdf", [".hidden.pdf"]),
    ],
)
def test_a_glob_gives_the_documents_that_match_sorted(folder: Path, pattern: str, names: list[str]) -> None:
    assert found(f"{folder}/{pattern}", folder) == names
    assert found(folder / pattern, folder) == names


def test_a_relative_glob_is_read_from_the_working_directory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert [entry.uri for entry in opened_sources("a/*.pdf")] == ["a/z.pdf"]


def test_a_path_that_exists_is_no_glob(tmp_path: Path) -> None:
    (tmp_path / "1.pdf").write_bytes(PDF)
    (tmp_path / "[1].pdf").write_bytes(PDF)
    assert found(tmp_path / "[1].pdf", tmp_path) == ["[1].pdf"]


@pytest.mark.parametrize("name", ["", "*.pdf", "**/*"])
def test_where_there_is_no_document_one_failure_names_the_place(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("Dear reader")
    (nothing,) = opened_sources(tmp_path / name)
    assert isinstance(nothing, FailedSource)
    assert isinstance(nothing.error, SourceNotFound)
    assert str(tmp_path / name) in str(nothing.error)


def test_a_pattern_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    (nothing,) = opened_sources(f"{tmp_path}/**x")
    assert isinstance(nothing.error, SourceNotFound)


def test_a_file_that_vanishes_during_the_run_fails_in_its_place(folder: Path) -> None:
    entries = opened_sources([folder / "b.pdf", folder / "a/z.pdf", folder / "a/scan"])
    assert isinstance(next(entries), Source)
    (folder / "a/z.pdf").unlink()
    gone, last = entries
    assert isinstance(gone.error, SourceNotFound)
    assert isinstance(last, Source)


def test_a_directory_that_vanishes_during_the_run_fails_in_its_place(tmp_path: Path) -> None:
    for name in ("a/1.pdf", "b/2.pdf", "c.pdf"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(PDF)
    entries = opened_sources(tmp_path)
    assert next(entries).name == "1.pdf"
    (tmp_path / "b/2.pdf").unlink()
    (tmp_path / "b").rmdir()
    gone, last = entries
    assert isinstance(gone, FailedSource)
    assert (gone.uri, last.name) == (str(tmp_path / "b"), "c.pdf")


def test_a_very_deep_directory_is_walked(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(400):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "a.pdf").write_bytes(PDF)
    assert len(found(tmp_path, tmp_path)) == 1


def test_an_unclaimed_file_that_cannot_be_looked_at_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scan").write_bytes(PDF)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    (entry,) = opened_sources(tmp_path)
    assert isinstance(entry.error, SourceUnreadable)
