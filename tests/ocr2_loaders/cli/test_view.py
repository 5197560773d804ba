from pathlib import Path

from PIL import Image

from tests.support.cli import ocr2
from tests.support.papers import write_paper


def test_view_writes_one_picture_a_page_and_names_it(tmp_path: Path) -> None:
    paper = write_paper(tmp_path / "paper.pdf", ["one", "two"])
    transcripts = tmp_path / "transcripts"
    transcripts.mkdir()
    for number in (1, 2):
        span = "<|ref|>text<|/ref|><|det|>[[100, 80, 900, 140]]<|/det|>\nwords\n\n"
        (transcripts / f"{number}.mmd").write_text(span)
    out = tmp_path / "out"
    run = ocr2("view", paper, "-o", out, "--engine", "replay", "--transcripts", transcripts, "--dpi", "72")
    assert run.returncode == 0, run.stderr
    pictures = [out / "paper-page-1.png", out / "paper-page-2.png"]
    assert run.stdout.split() == list(map(str, pictures))
    for picture in pictures:
        with Image.open(picture) as image:
            colours = image.convert("RGB").getcolors(1 << 24)
            assert colours is not None
            assert len(colours) > 10, "a box is drawn"


def test_a_page_that_cannot_be_read_is_told_and_draws_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    run = ocr2("view", tmp_path / "broken.pdf", "-o", tmp_path / "out", "--engine", "replay", "--transcripts", tmp_path)
    assert run.returncode == 2
    assert not list(tmp_path.glob("out/*"))
