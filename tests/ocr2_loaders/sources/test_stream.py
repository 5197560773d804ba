import io
import os
import pickle
import subprocess
import sys
import tarfile
import tempfile
from array import array
from hashlib import sha256
from pathlib import Path
from threading import Thread

import pytest

from ocr2_loaders.errors import EmptyDocument, Ocr2Error, SourceTooLarge, SourceUnreadable, UnsupportedFormat
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources import FailedSource, FileType, Source, SourceInputs, opened_sources
from ocr2_loaders.sources.inputs import BinaryReader

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 9000


def content(given: SourceInputs) -> bytes:
    (found,) = [source.path.read_bytes() for source in opened_sources(given) if isinstance(source, Source)]
    return found


def failure(given: SourceInputs, settings: SourceSettings | None = None) -> Ocr2Error:
    (result,) = opened_sources(given, settings or SourceSettings())
    assert isinstance(result, FailedSource)
    return result.error


class OnlyReads:
    """The least a stream can be: it neither seeks nor closes nor has a name."""

    def __init__(self, file: BinaryReader) -> None:
        self._file = file

    def read(self, num_bytes: int, /) -> bytes | None:
        return self._file.read(num_bytes)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, lambda data: memoryview(array("B", data))])
def test_content_in_memory_is_a_source(kind) -> None:
    for source in opened_sources(kind(PDF)):
        assert isinstance(source, Source)
        assert (source.name, source.uri) == ("<bytes>", "<bytes>")
        assert (source.file_type, source.num_bytes) == (FileType.PDF, len(PDF))
        assert source.sha256 == sha256(PDF).hexdigest()
        assert source.path.read_bytes() == PDF


def test_a_view_with_gaps_is_read_as_what_it_shows() -> None:
    spread = bytes(byte for pair in zip(PDF, PDF[::-1], strict=True) for byte in pair)
    assert content(memoryview(spread)[::2]) == PDF


def test_a_file_object_is_read_from_where_it_stands() -> None:
    file = io.BytesIO(b"envelope" + PDF)
    file.seek(8)
    assert content(file) == PDF
    assert file.read() == b""


def test_a_stream_that_only_reads_is_enough() -> None:
    assert content(OnlyReads(io.BytesIO(PDF))) == PDF


def test_an_open_file_gives_its_name(tmp_path: Path) -> None:
    (tmp_path / "a\n.pdf").write_bytes(PDF)
    with (tmp_path / "a\n.pdf").open("rb") as file:
        (name,) = [source.name for source in opened_sources(file)]
    assert name == "a\\n.pdf"


@pytest.mark.parametrize(
    "factory", [tempfile.TemporaryFile, tempfile.SpooledTemporaryFile, tempfile.NamedTemporaryFile]
)
def test_temporary_files_are_read(factory) -> None:
    with factory() as file:
        file.write(PDF)
        file.seek(0)
        assert content(file) == PDF


def test_a_pipe_is_read_to_its_end() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as reader, os.fdopen(writing, "wb") as writer:
        thread = Thread(target=lambda: (writer.write(PDF), writer.close()))
        thread.start()
        assert content(reader) == PDF
        thread.join()


def test_a_raw_pipe_that_would_block_is_an_error() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb", buffering=0) as reader, os.fdopen(writing, "wb"):
        assert isinstance(failure(reader), SourceUnreadable)


def test_standard_input_is_read_as_bytes() -> None:
    program = (
        "from ocr2_loaders.sources import opened_sources\n"
        "for source in opened_sources('-'): print(source.name, source.uri, source.sha256)"
    )
    run = subprocess.run([sys.executable, "-c", program], input=PDF, capture_output=True, check=True)
    assert run.stdout.decode().split() == ["<stdin>", "-", sha256(PDF).hexdigest()]


def test_a_process_without_standard_input_gets_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert isinstance(failure("-"), SourceUnreadable)


class TestWhatGoesWrong:
    def test_nothing_in_it(self) -> None:
        assert isinstance(failure(b""), EmptyDocument)
        assert isinstance(failure(io.BytesIO()), EmptyDocument)

    def test_no_document(self) -> None:
        assert isinstance(failure(io.BytesIO(b"Dear reader")), UnsupportedFormat)

    def test_too_much_of_it(self) -> None:
        class Endless:
            given = PDF

            def read(self, num_bytes: int, /) -> bytes:
                given, self.given = self.given, bytes(num_bytes)
                return given

        assert isinstance(failure(Endless(), SourceSettings(max_bytes=5 << 20)), SourceTooLarge)
        assert isinstance(failure(PDF, SourceSettings(max_bytes=100)), SourceTooLarge)

    def test_a_closed_file(self) -> None:
        file = io.BytesIO(PDF)
        file.close()
        assert "closed file" in str(failure(file))

    @pytest.mark.parametrize("error", [OSError("disk"), EOFError(), RuntimeError("x"), tarfile.ReadError("bad")])
    def test_a_stream_that_breaks(self, error: Exception) -> None:
        class Broken:
            def read(self, _num_bytes: int, /) -> bytes:
                raise error

        mapped = failure(Broken())
        assert isinstance(mapped, SourceUnreadable)
        assert not mapped.retryable
        assert type(error).__name__ in str(mapped)

    def test_a_mistake_in_a_stream_stays_what_it_is(self) -> None:
        class Mistaken:
            def read(self, _num_bytes: int, /) -> bytes:
                return None + 1

        with pytest.raises(TypeError, match="NoneType"):
            list(opened_sources(Mistaken()))

    def test_text_is_a_mistake_of_the_program(self, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
        with (tmp_path / "a.pdf").open(encoding="utf-8") as file, pytest.raises(TypeError, match="binary mode"):
            list(opened_sources(file))

    def test_no_room_for_the_copy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "full").symlink_to("/dev/full")
        if not (tmp_path / "full").exists():
            pytest.skip("this system has no /dev/full")
        opened = Path.open
        monkeypatch.setattr(
            Path, "open", lambda path, mode: opened(tmp_path / "full", "wb") if mode == "xb" else opened(path, mode)
        )
        error = failure(PDF)
        assert isinstance(error, SourceUnreadable)
        assert "No space left on device" in str(error)


def test_copies_leave_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert len(list(opened_sources([PDF, b"no document", b"%PDF" + bytes(10)]))) == 3
    assert list(tmp_path.iterdir()) == []


def test_each_copy_lives_as_long_as_its_source() -> None:
    first, second = opened_sources([PDF, PDF])
    paths = first.path, second.path
    assert [path.exists() for path in paths] == [True, True]
    del first
    assert [path.exists() for path in paths] == [False, True]
    del second
    assert [path.exists() for path in paths] == [False, False]


def test_a_source_that_travels_leaves_its_copy_behind() -> None:
    (source,) = opened_sources([PDF])
    twin = pickle.loads(pickle.dumps(source))
    assert twin == source
    path = source.path
    del twin
    assert path.exists()
