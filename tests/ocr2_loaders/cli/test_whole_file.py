import os
import stat
from pathlib import Path

import pytest

from ocr2_loaders.cli.whole_file import WholeFile, make_folder
from ocr2_loaders.errors import OutputError


def test_a_file_bears_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    file = WholeFile(path)
    file.write(b"half ")
    assert not path.exists()
    (part,) = tmp_path.iterdir()
    assert part.suffix == ".part"
    assert part.read_bytes() == b"half ", "what was written is on its way to the disk"
    file.write(b"whole")
    file.finish()
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"half whole"


def test_a_link_of_that_name_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep me")
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.md").symlink_to(precious)
    file = WholeFile(out / "report.md")
    file.write(b"new")
    file.finish()
    assert precious.read_text() == "keep me"
    assert not (out / "report.md").is_symlink()


def test_the_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    file = WholeFile(tmp_path / "report.md")
    file.finish()
    assert stat.S_IMODE((tmp_path / "report.md").stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"cannot write .*file/out"):
        make_folder(tmp_path / "file" / "out")


def test_a_full_disk_is_an_output_error_and_leaves_what_was_finished(tmp_path: Path) -> None:
    """`/dev/full` answers every write with "no space left on device"."""
    whole = WholeFile(tmp_path / "first.md")
    whole.write(b"good")
    whole.finish()
    torn = WholeFile(tmp_path / "second.md")
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, torn._file.fileno())
    os.close(full)
    with pytest.raises(OutputError, match=r"No space left on device$"):
        torn.write(b"lost")
    assert (tmp_path / "first.md").read_bytes() == b"good"
    assert not (tmp_path / "second.md").exists()
