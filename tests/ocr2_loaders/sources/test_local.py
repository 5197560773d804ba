import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ocr2_loaders.errors import (
    EmptyDocument,
    Ocr2Error,
    SourceNotFound,
    SourceNotRegular,
    SourceTooLarge,
    SourceUnreadable,
    UnsupportedFormat,
)
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources import FailedSource, FileType, Source, local, opened_sources

PDF = b"%PDF-1.7\nbody"
NOBODY = 65534


def one(given: str | Path, settings: SourceSettings | None = None) -> Source | FailedSource:
    (result,) = opened_sources(given, settings or SourceSettings())
    return result


def failure(given: str | Path, settings: SourceSettings | None = None) -> Ocr2Error:
    result = one(given, settings)
    assert isinstance(result, FailedSource)
    assert result.error.source == result.uri
    return result.error


def written(path: Path, content: bytes = PDF) -> Path:
    path.write_bytes(content)
    return path


def test_a_file_is_read_in_place(tmp_path: Path) -> None:
    path = written(tmp_path / "a.pdf")
    assert one(path) == Source(path, "a.pdf", str(path), FileType.PDF, len(PDF), sha256(PDF).hexdigest())


def test_a_relative_path_stays_relative_in_the_uri_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "a.pdf")
    monkeypatch.chdir(tmp_path)
    source = one("a.pdf")
    assert isinstance(source, Source)
    assert (source.path, source.uri) == (tmp_path / "a.pdf", "a.pdf")


def test_a_file_url_opens_the_path_with_its_escapes(tmp_path: Path) -> None:
    path = written(tmp_path / "a b?#%.pdf")
    source = one(path.as_uri())
    assert isinstance(source, Source)
    assert (source.path, source.name) == (path, "a b?#%.pdf")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("new\nline.pdf", "new\\nline.pdf"),
        (os.fsdecode(b"caf\xe9.pdf"), "caf\\xe9.pdf"),
        ("\u202efdp.exe.pdf", "\\u202efdp.exe.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("日本語 مستند.pdf", "日本語 مستند.pdf"),
        ("n" * 251 + ".pdf", "n" * 251 + ".pdf"),
        ("-", "-"),
    ],
)
def test_odd_names_are_shown_printable_and_open_again_by_their_uri(tmp_path: Path, name: str, shown: str) -> None:
    path = written(tmp_path / name)
    source = one(path)
    assert isinstance(source, Source)
    assert (source.name, source.path) == (shown, path)
    assert source.uri.isprintable()
    again = one(source.uri)
    assert isinstance(again, Source)
    assert again.path == path


class TestWhatIsNoFile:
    def test_a_named_pipe_is_refused_without_opening_it(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.pdf")
        error = failure(tmp_path / "a.pdf")
        assert isinstance(error, SourceNotRegular)
        assert "a.pdf is a named pipe, not a file" in str(error)

    @pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/tty"])
    def test_a_device_is_refused_also_behind_a_link(self, tmp_path: Path, device: str) -> None:
        (tmp_path / "a.pdf").symlink_to(device)
        for path in (tmp_path / "a.pdf", Path(device)):
            assert isinstance(failure(path), SourceNotRegular)

    def test_a_file_that_turns_into_a_pipe_after_it_was_looked_at_does_not_hang(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = written(tmp_path / "a.pdf")
        look = local.checked

        def look_and_replace(path: Path, name: str) -> os.stat_result:
            found = look(path, name)
            path.unlink()
            os.mkfifo(path)
            monkeypatch.setattr(local, "checked", lambda *_: found)
            return found

        monkeypatch.setattr(local, "checked", look_and_replace)
        assert isinstance(failure(path), SourceNotRegular)

    def test_links_in_a_circle_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").symlink_to(tmp_path / "b.pdf")
        (tmp_path / "b.pdf").symlink_to(tmp_path / "a.pdf")
        error = failure(tmp_path / "a.pdf")
        assert isinstance(error, SourceNotRegular)
        assert "loop of symbolic links" in str(error)

    def test_a_link_to_nothing_says_where_it_leads(self, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").symlink_to("gone.pdf")
        assert "a link to gone.pdf, which does not exist" in str(failure(tmp_path / "a.pdf"))

    @pytest.mark.parametrize("name", ["missing.pdf", "a.pdf/below", "x" * 300 + ".pdf", "nul\0.pdf", ""])
    def test_what_is_not_there_is_not_found(self, tmp_path: Path, name: str) -> None:
        written(tmp_path / "a.pdf")
        assert isinstance(failure(str(tmp_path / name) if name else name), SourceNotFound)


class TestContent:
    def test_eight_sparse_gigabytes_are_too_large_at_once(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.pdf")
        os.truncate(path, 8 << 30)
        error = failure(path)
        assert isinstance(error, SourceTooLarge)
        assert "larger than the limit of 2,147,483,648 bytes" in str(error)

    def test_the_limit_is_the_last_size_that_is_read(self, tmp_path: Path) -> None:
        path = written(tmp_path / "a.pdf")
        assert isinstance(one(path, SourceSettings(max_bytes=len(PDF))), Source)
        assert isinstance(failure(path, SourceSettings(max_bytes=len(PDF) - 1)), SourceTooLarge)

    def test_an_empty_file_is_an_empty_document(self, tmp_path: Path) -> None:
        assert isinstance(failure(written(tmp_path / "a.pdf", b"")), EmptyDocument)

    def test_wrong_content_is_named(self, tmp_path: Path) -> None:
        error = failure(written(tmp_path / "a.pdf", b"<!DOCTYPE html>"))
        assert isinstance(error, UnsupportedFormat)
        assert "a.pdf is not a PDF: it starts with '<!DOCTYPE html'" in str(error)

    def test_junk_before_the_header_becomes_a_warning(self, tmp_path: Path) -> None:
        source = one(written(tmp_path / "a.pdf", b"\xef\xbb\xbf" + PDF))
        assert isinstance(source, Source)
        assert source.warnings == ("3 bytes before the PDF header",)

    def test_a_file_without_permission_is_unreadable_for_good(self, shared_folder: Path) -> None:
        path = written(shared_folder / "a.pdf")
        path.chmod(0)
        with as_nobody():
            error = failure(path)
        assert isinstance(error, SourceUnreadable)
        assert not error.retryable
        assert "Permission denied" in str(error)

    @pytest.mark.parametrize("change", [lambda file: file.write(b"more"), lambda file: file.truncate(3)])
    def test_a_file_that_changes_while_it_is_read_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change
    ) -> None:
        path = written(tmp_path / "a.pdf")
        digest = local.file_digest

        def change_and_digest(file, algorithm: str):
            with path.open("r+b") as same_file:
                same_file.seek(0, os.SEEK_END)
                change(same_file)
            return digest(file, algorithm)

        monkeypatch.setattr(local, "file_digest", change_and_digest)
        error = failure(path)
        assert isinstance(error, SourceUnreadable)
        assert error.retryable
        assert "changed while it was read" in str(error)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that other users may enter, as those of pytest are not."""
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may read everything, so that root becomes someone else for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
