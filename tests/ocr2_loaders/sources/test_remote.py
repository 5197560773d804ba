import os
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import fsspec
import pytest
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.http import HTTPFileSystem
from fsspec.implementations.local import LocalFileSystem
from fsspec.implementations.memory import MemoryFileSystem

from ocr2_loaders.errors import (
    Ocr2Error,
    SourceNotFound,
    SourceNotRegular,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreadable,
    UnsupportedFormat,
    UrlRefused,
)
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources import FailedSource, Source, opened_sources

PDF = b"%PDF-1.7\nbody"


@pytest.fixture
def memory() -> Iterator[MemoryFileSystem]:
    files = fsspec.filesystem("memory")
    files.pipe({"/docs/b.pdf": PDF, "/docs/a/scan": PDF, "/docs/notes.txt": b"Dear reader", "/docs/.x/h.pdf": PDF})
    yield files
    files.rm("/", recursive=True)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("in/a.pdf", PDF)
        file.writestr("in/b.txt", "Dear reader")
        file.writestr("bomb.pdf", PDF + bytes(8 << 20))
    return tmp_path / "x.zip"


def uris(given, **options: object) -> list[str]:
    return [f"{'' if isinstance(entry, Source) else '!'}{entry.uri}" for entry in opened_sources(given, **options)]


def failure(given, settings: SourceSettings | None = None, **options: object) -> Ocr2Error:
    (result,) = opened_sources(given, settings or SourceSettings(), **options)
    assert isinstance(result, FailedSource)
    return result.error


class TestUrls:
    @pytest.mark.usefixtures("memory")
    def test_a_file_is_copied_for_as_long_as_it_is_used(self) -> None:
        (source,) = opened_sources("memory://docs/b.pdf")
        assert isinstance(source, Source)
        assert (source.name, source.uri) == ("b.pdf", "memory://docs/b.pdf")
        assert source.path.read_bytes() == PDF
        copy = source.path
        del source
        assert not copy.exists()

    @pytest.mark.usefixtures("memory")
    @pytest.mark.parametrize("url", ["memory://docs", "memory://docs/", "memory://docs/**", "memory://d*/**"])
    def test_directories_and_globs_give_their_documents_sorted_with_urls_that_open_again(self, url: str) -> None:
        found = uris(url)
        assert [PurePosixPath(uri).name for uri in found] == ["scan", "b.pdf"]
        assert uris(found) == found

    @pytest.mark.usefixtures("memory")
    def test_what_is_not_there_is_not_found(self) -> None:
        for url in ("memory://docs/no.pdf", "memory://docs/*.png"):
            assert isinstance(failure(url), SourceNotFound)

    @pytest.mark.usefixtures("memory")
    def test_wrong_content_of_a_named_file_is_an_error(self) -> None:
        assert isinstance(failure("memory://docs/notes.txt"), UnsupportedFormat)

    @pytest.mark.usefixtures("memory")
    def test_the_time_limit_holds_between_reads(self) -> None:
        assert isinstance(failure("memory://docs/b.pdf", SourceSettings(timeout_s=1e-9)), SourceTimeout)


class TestChains:
    def test_a_file_in_an_archive_is_read(self, archive: Path) -> None:
        url = f"zip://in/a.pdf::{archive}"
        assert uris(url) == [url]

    @pytest.mark.parametrize("start", ["zip://", "zip://in", "zip://in/*", "zip"])
    def test_an_archive_is_a_directory(self, archive: Path, start: str) -> None:
        expected = f"zip://in/a.pdf::{archive.as_uri()}"
        assert expected in uris(f"{start}::{archive.as_uri()}")

    def test_a_zip_bomb_is_cut_at_the_size_limit(self, archive: Path) -> None:
        assert archive.stat().st_size < 1 << 20
        error = failure(f"zip://bomb.pdf::{archive}", SourceSettings(max_bytes=1 << 20))
        assert isinstance(error, SourceTooLarge)

    def test_a_broken_archive_is_unreadable(self, tmp_path: Path) -> None:
        (tmp_path / "x.zip").write_bytes(b"no archive")
        assert "BadZipFile" in str(failure(f"zip://a.pdf::{tmp_path}/x.zip"))

    @pytest.mark.usefixtures("memory")
    def test_a_cache_in_front_is_kept_in_the_url(self) -> None:
        assert uris("simplecache::memory://docs/b.pdf") == ["simplecache::memory://docs/b.pdf"]

    def test_a_pipe_at_its_end_is_refused_without_opening_it(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "x.zip")
        for end in (tmp_path / "x.zip", (tmp_path / "x.zip").as_uri()):
            assert isinstance(failure(f"zip://a.pdf::{end}"), SourceNotRegular)

    def test_a_local_name_with_colons_is_a_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        Path("zip::a.pdf").write_bytes(PDF)
        assert uris("zip::a.pdf") == ["zip::a.pdf"]


class TestRefusals:
    @pytest.mark.parametrize(
        "url",
        [
            "simplecache::http://127.0.0.1/a.pdf",
            "zip://a.pdf::https://host/x.zip",
            "reference://a.pdf::file:///x.json",
            "ftp://host/a.pdf",
            "webhdfs://127.0.0.1:80/a.pdf",
            "gopher://host/a.pdf",
            "javascript://host/a.pdf",
        ],
    )
    def test_what_would_go_round_the_address_check_or_is_unknown_is_refused(self, url: str) -> None:
        assert isinstance(failure(url), UrlRefused)

    @pytest.mark.skipif(find_spec("s3fs") is not None, reason="needs a machine without s3fs")
    def test_a_missing_package_is_named(self) -> None:
        error = failure("s3://bucket/a.pdf")
        assert isinstance(error, SourceUnreadable)
        assert "s3fs" in str(error)
        assert not error.retryable

    def test_secrets_of_the_url_are_in_no_error(self) -> None:
        result = next(opened_sources("sftp://me:s3cr3t@127.0.0.1:1/a.pdf?token=s3cr3t"))
        assert isinstance(result, FailedSource)
        assert "s3cr3t" not in f"{result!r} {result.error} {result.error.__cause__}"


class TestGivenFileSystem:
    def test_strings_and_paths_are_paths_on_it(self, memory: MemoryFileSystem) -> None:
        inputs = ["docs/b.pdf", PurePosixPath("/docs/b.pdf"), "/docs", "memory://docs/*.pdf"]
        assert uris(inputs, fs=memory) == [
            "memory:///docs/b.pdf",
            "memory:///docs/b.pdf",
            "memory:///docs/a/scan",
            "memory:///docs/b.pdf",
            "memory:///docs/b.pdf",
        ]

    def test_bytes_stay_content(self, memory: MemoryFileSystem) -> None:
        assert uris(PDF, fs=memory) == ["<bytes>"]

    def test_the_local_one_is_checked_like_any_path(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe.pdf")
        (tmp_path / "zero.pdf").symlink_to("/dev/zero")
        (tmp_path / "a.pdf").write_bytes(PDF)
        files = LocalFileSystem()
        assert isinstance(failure(str(tmp_path / "pipe.pdf"), fs=files), SourceNotRegular)
        assert isinstance(failure(str(tmp_path / "zero.pdf"), fs=files), SourceNotRegular)
        (source,) = opened_sources(tmp_path / "a.pdf", fs=files)
        assert isinstance(source, Source)
        assert source.path == tmp_path / "a.pdf"

    def test_devices_behind_another_one_are_refused_too(self, tmp_path: Path) -> None:
        (tmp_path / "zero.pdf").symlink_to("/dev/zero")
        files = DirFileSystem(str(tmp_path), LocalFileSystem())
        assert isinstance(failure("zero.pdf", fs=files), SourceNotRegular)

    def test_one_that_checks_no_addresses_is_refused(self) -> None:
        assert isinstance(failure("http://127.0.0.1/a.pdf", fs=HTTPFileSystem()), UrlRefused)

    def test_a_size_that_was_not_reached_is_an_error(self, memory: MemoryFileSystem) -> None:
        class Announcing(MemoryFileSystem):
            def info(self, path: str, **options: object) -> dict[str, object]:
                return super().info(path, **options) | {"size": 100}

        error = failure("/docs/b.pdf", fs=Announcing(skip_instance_cache=True))
        assert isinstance(error, SourceUnreadable)
        assert "changed while it was read" in str(error)

    @pytest.mark.parametrize("error_kind", [PermissionError, RuntimeError, type("SdkError", (Exception,), {})])
    def test_what_its_sdk_raises_becomes_a_failed_source(
        self, memory: MemoryFileSystem, error_kind: type[Exception]
    ) -> None:
        class Failing(MemoryFileSystem):
            def open(self, *_: object, **__: object) -> None:
                raise error_kind("no credentials")

        error = failure("/docs/b.pdf", fs=Failing(skip_instance_cache=True))
        assert isinstance(error, SourceUnreadable)
        assert "no credentials" in str(error)
