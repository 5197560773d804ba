from pathlib import Path

from PIL import Image

from tests.support.cli import ocr2
from tests.support.papers import write_paper


def _write_transcripts(folder: Path, num_pages: int) -> Path:
    folder.mkdir()
    for number in range(1, num_pages + 1):
        span = f"<|ref|>text<|/ref|><|det|>[[100, 80, 900, 140]]<|/det|>\nwords of page {number}\n\n"
        (folder / f"{number}.mmd").write_text(span)
    return folder


def test_view_writes_one_report_a_document_and_names_it(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["words of page 1", "words of page 2"])
    transcripts = _write_transcripts(tmp_path / "transcripts", 4)
    out = tmp_path / "out"
    run = ocr2("view", paper, paper, "-o", out, "--engine", "replay", "--transcripts", transcripts, "--dpi", "72")
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str(out / "paper.html"), str(out / "paper-2.html")]
    assert sorted(out.iterdir()) == [out / "paper-2.html", out / "paper.html"]
    text = (out / "paper.html").read_text()
    assert text.count("data:image/webp") == 2
    assert text.rstrip().endswith("</html>")
    assert text.index("words of page 1") < text.index("words of page 2")


def test_view_writes_one_picture_a_page_when_asked_and_names_it(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one", "two"])
    transcripts = _write_transcripts(tmp_path / "transcripts", 2)
    out = tmp_path / "out"
    options = ("--pictures", "--engine", "replay", "--transcripts", transcripts, "--dpi", "72")
    run = ocr2("view", paper, "-o", out, *options)
    assert run.returncode == 0, run.stderr
    pictures = [out / "paper-page-1.png", out / "paper-page-2.png"]
    assert run.stdout.split() == list(map(str, pictures))
    for picture in pictures:
        with Image.open(picture) as image:
            colours = image.convert("RGB").getcolors(1 << 24)
            assert colours is not None
            assert len(colours) > 10, "a box is drawn"


def test_a_document_that_cannot_be_read_is_told_and_leaves_the_others_their_reports(tmp_path: Path) -> None:
    broken, paper = tmp_path / "broken.pdf", write_paper(tmp_path / "paper.pdf", ["words"])
    broken.write_bytes(b"%PDF-1.7\nnothing else")
    transcripts = _write_transcripts(tmp_path / "transcripts", 1)
    out = tmp_path / "out"
    for option in ("--pictures", None):
        arguments = ["view", broken, paper, "-o", out, "--engine", "replay", "--transcripts", transcripts, option]
        run = ocr2(*filter(None, arguments))
        assert run.returncode == 2
        assert "broken.pdf cannot be read" in run.stderr
    assert sorted(path.name for path in out.iterdir()) == ["paper-page-1.png", "paper.html"]


def test_recovery_goes_as_far_as_it_is_told(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["words that the engine did not see"])
    transcripts = _write_transcripts(tmp_path / "transcripts", 1)
    (transcripts / "1.mmd").write_text("")
    arguments = ("view", paper, "-o", tmp_path, "--engine", "replay", "--transcripts", transcripts, "--no-cache")
    assert ocr2(*arguments).returncode == 0
    assert "words that the engine did not see" in (tmp_path / "paper.html").read_text()
    without = ocr2(*arguments, "--recovery", "off")
    assert without.returncode == 1, without.stderr
    assert "1 failed" in without.stderr
