import json
import shutil
from pathlib import Path

import pikepdf
import pytest

from tests.support.cli import ocr2
from tests.support.papers import write_paper

SPAN = "<|ref|>text<|/ref|><|det|>[[100, 100, 900, 140]]<|/det|>\n"


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    return write_paper(tmp_path / "paper.pdf", ["one", "two", "three"])


@pytest.fixture
def transcripts(tmp_path: Path) -> Path:
    folder = tmp_path / "transcripts"
    folder.mkdir()
    for number, word in enumerate(("eins", "zwei", "drei"), start=1):
        (folder / f"{number}.mmd").write_text(f"{SPAN}{word}\n\n", "utf-8")
    return folder


def replay(transcripts: Path) -> tuple[str | Path, ...]:
    return "--engine", "replay", "--transcripts", transcripts


def test_markdown_goes_to_stdout_and_the_summary_to_stderr(paper: Path, transcripts: Path) -> None:
    run = ocr2("convert", paper, *replay(transcripts))
    assert run.returncode == 0
    assert run.stdout == "eins\n\nzwei\n\ndrei\n"
    assert run.stderr.splitlines()[-1] == "1 input, 3 pages: 3 ok"


def test_several_formats_go_to_a_folder(paper: Path, transcripts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = ocr2("convert", paper, "-o", out, "--format", "markdown,json,text", *replay(transcripts))
    assert (run.returncode, run.stdout) == (0, "")
    assert sorted(file.name for file in out.iterdir()) == ["paper.json", "paper.md", "paper.txt"]
    document = json.loads((out / "paper.json").read_text("utf-8"))
    assert [page["blocks"][0]["text"] for page in document["pages"]] == ["eins", "zwei", "drei"]


def test_several_formats_without_a_folder_are_wrong_usage(paper: Path, transcripts: Path) -> None:
    run = ocr2("convert", paper, "--format", "markdown,json", *replay(transcripts))
    assert run.returncode == 2
    assert "--output DIR" in run.stderr


def test_pages_are_chosen_from_both_ends(paper: Path, transcripts: Path) -> None:
    run = ocr2("convert", paper, "--pages", "2-,-1", "--format", "json", *replay(transcripts))
    assert [page["page_number"] for page in json.loads(run.stdout)["pages"]] == [2, 3]


def test_max_pages_reads_no_more(paper: Path, transcripts: Path) -> None:
    run = ocr2("convert", paper, "--max-pages", "1", *replay(transcripts))
    assert (run.returncode, run.stdout) == (0, "eins\n")


def test_stdin_is_a_source(paper: Path, transcripts: Path) -> None:
    run = ocr2("convert", "-", *replay(transcripts), stdin=paper.read_bytes())
    assert (run.returncode, run.stdout) == (0, "eins\n\nzwei\n\ndrei\n")


def test_a_failed_page_is_in_the_output_and_in_the_exit_status(paper: Path, transcripts: Path) -> None:
    (transcripts / "3.mmd").unlink()
    run = ocr2("convert", paper, *replay(transcripts))
    assert run.returncode == 1
    assert "<!-- page 3 of paper.pdf failed: the replay engine has no transcript" in run.stdout
    assert "paper.pdf, page 3 failed:" in run.stderr
    assert run.stderr.splitlines()[-1] == "1 input, 3 pages: 1 failed, 2 ok"


def test_strict_stops_at_the_first_failed_page_and_leaves_no_torn_document(
    paper: Path, transcripts: Path, tmp_path: Path
) -> None:
    for number in (2, 3):
        (transcripts / f"{number}.mmd").unlink()
    out = tmp_path / "out"
    run = ocr2("convert", paper, paper, "--strict", "-o", out, *replay(transcripts))
    assert run.returncode == 1
    assert "1 failed, 1 ok" in run.stderr
    assert list(out.iterdir()) == []


def test_an_unreadable_input_is_named_and_the_others_are_converted(
    paper: Path, transcripts: Path, tmp_path: Path
) -> None:
    page = tmp_path / "login.pdf"
    page.write_text("<!DOCTYPE html><p>please log in")
    run = ocr2("convert", page, tmp_path / "absent.pdf", paper, *replay(transcripts))
    assert run.returncode == 2
    assert run.stdout == "eins\n\nzwei\n\ndrei\n"
    assert "<!DOCTYPE html" in run.stderr
    assert "absent.pdf" in run.stderr
    assert run.stderr.splitlines()[-1] == "3 inputs, 3 pages: 3 ok; 2 inputs unreadable"


def test_inputs_of_one_name_get_files_of_their_own(paper: Path, transcripts: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "paper.pdf"
    other.parent.mkdir()
    shutil.copy(paper, other)
    out = tmp_path / "out"
    ocr2("convert", paper, other, "-o", out, "--max-pages", "1", *replay(transcripts))
    assert (out / "paper.md").read_text() == "eins\n"
    assert (out / "paper-2.md").read_text() == "zwei\n"


def test_a_password_opens_and_is_never_shown(paper: Path, transcripts: Path, tmp_path: Path) -> None:
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(paper) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="canary-owner", user="canary-user"))
    refused = ocr2("convert", locked, "--password", "canary-wrong", *replay(transcripts))
    assert refused.returncode == 2
    assert "password" in refused.stderr
    opened = ocr2("-v", "convert", locked, *replay(transcripts), OCR2_PASSWORD="canary-user")
    assert (opened.returncode, opened.stdout) == (0, "eins\n\nzwei\n\ndrei\n")
    for run in (refused, opened):
        assert "canary" not in run.stdout + run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--engine", "tesseract"), "no engine 'tesseract'"),
        (("--engine", "replay"), "needs transcripts"),
        (("--format", "pdf"), "no format 'pdf'"),
        (("--dpi", "5"), "--dpi"),
        (("--max-pages", "0"), "--max-pages"),
    ],
)
def test_wrong_usage_says_what_is_wrong(paper: Path, arguments: tuple[str, ...], words: str) -> None:
    run = ocr2("convert", paper, *arguments)
    assert run.returncode == 2
    assert words in run.stderr
    assert "Traceback" not in run.stderr


def test_a_page_selection_that_cannot_be_read_is_wrong_usage(paper: Path, transcripts: Path) -> None:
    run = ocr2("convert", paper, "--pages", "x-3", *replay(transcripts))
    assert run.returncode == 2
    assert "x-3" in run.stderr


def test_a_folder_that_cannot_be_written_is_told_before_any_work(
    paper: Path, transcripts: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    run = ocr2("convert", paper, "-o", tmp_path / "file", *replay(transcripts))
    assert run.returncode == 2
    assert "cannot write" in run.stderr
    assert "finished" not in run.stderr


def test_help_names_every_option() -> None:
    run = ocr2("convert", "--help")
    assert run.returncode == 0
    for option in ("--output", "--format", "--pages", "--engine", "--dpi", "--password", "--max-pages", "--strict"):
        assert option in run.stdout


def test_a_reader_that_goes_away_is_no_traceback(paper: Path, transcripts: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "ocr2_loaders.cli", "convert", str(paper), *map(str, replay(transcripts))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()


def test_what_was_found_is_shown_as_it_is(transcripts: Path, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.pdf"
    accounts.write_text("root:x:0:0:[bold]root:/root\n")
    run = ocr2("convert", accounts, *replay(transcripts))
    assert "root:x:0:0:[bold]root" in run.stderr


def test_a_failed_page_names_its_file_once_in_messages_and_documents(transcripts: Path, tmp_path: Path) -> None:
    thin = tmp_path / "thin.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(3, 14_000))
        pdf.save(thin)
    run = ocr2("convert", thin, *replay(transcripts))
    assert run.returncode == 1
    told = next(line for line in run.stderr.splitlines() if "failed" in line)
    assert told.startswith("thin.pdf, page 1 failed: it would be ")
    assert told.count("thin.pdf") == 1
    assert run.stdout.count("thin.pdf") == 1


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_traceback_and_no_file_takes_their_place(
    closed: str, paper: Path, transcripts: Path, tmp_path: Path
) -> None:
    import shlex
    import subprocess
    import sys

    command = [sys.executable, "-m", "ocr2_loaders.cli", "convert", str(paper), *map(str, replay(transcripts))]
    written = [*command, "-o", str(tmp_path / "out")]
    run = subprocess.run(["sh", "-c", f"{shlex.join(written)} {closed}"], capture_output=True, check=False, timeout=120)
    assert run.returncode == 0
    assert b"Traceback" not in run.stderr
    assert (tmp_path / "out" / "paper.md").read_text() == "eins\n\nzwei\n\ndrei\n"


@pytest.mark.parametrize("url", ["https:/example.org/a.pdf", "http//example.org/a.pdf", "www.example.org/a.pdf"])
def test_a_url_with_a_slip_says_how_urls_begin(url: str, transcripts: Path) -> None:
    run = ocr2("convert", url, *replay(transcripts))
    assert run.returncode == 2
    assert "it cannot be found; if a URL is meant, begin it with https://" in run.stderr


class TestPassedOver:
    """Files of a folder that are no documents."""

    @pytest.fixture
    def folder(self, paper: Path) -> Path:
        folder = paper.parent / "folder"
        folder.mkdir()
        paper.rename(folder / "paper.pdf")
        for name in ("b.docx", "a.docx", "film.mp4"):
            (folder / name).write_bytes(b"PK\x03\x04")
        return folder

    def test_they_are_counted_at_the_end_by_kind(self, folder: Path, transcripts: Path) -> None:
        run = ocr2("convert", folder, *replay(transcripts))
        assert run.returncode == 0
        assert run.stderr.splitlines()[-2:] == [
            "1 input, 3 pages: 3 ok",
            "3 files passed over: 2 .docx, 1 .mp4 (ocr2 --verbose lists them)",
        ]

    def test_each_is_listed_with_verbose(self, folder: Path, transcripts: Path) -> None:
        run = ocr2("--verbose", "convert", folder, *replay(transcripts))
        assert run.stderr.splitlines()[-1] == "3 files passed over: 2 .docx, 1 .mp4"
        words = " ".join(run.stderr.split())
        assert all(f"passed over {folder / name}: {name} is no PDF" in words for name in ("a.docx", "film.mp4"))

    def test_view_counts_them_too(self, folder: Path, transcripts: Path, tmp_path: Path) -> None:
        run = ocr2("view", folder, "-o", tmp_path / "out", *replay(transcripts))
        assert "3 files passed over: 2 .docx, 1 .mp4" in run.stderr
