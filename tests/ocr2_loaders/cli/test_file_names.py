from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.cli.file_names import FileNames, safe_stem


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("report.pdf", "report"),
        ("annual report 2026.final.pdf", "annual report 2026.final"),
        ("Überblick.pdf", "Überblick"),
        ("../../x.pdf", "_.._x"),
        ("/etc/passwd", "_etc_passwd"),
        ("C:\\x.pdf", "C__x"),
        ("con.pdf", "_con"),
        ("a\x00b\nc.pdf", "a_b_c"),
        ("<img onerror=x>.png", "_img onerror=x_"),
        (".pdf", "pdf"),
        ("...", "_"),
        ("", "_"),
    ],
)
def test_a_name_becomes_a_harmless_stem(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


@given(st.text(max_size=400))
def test_no_name_leaves_the_folder_or_breaks_the_file_system(name: str) -> None:
    stem = safe_stem(name)
    assert stem
    assert Path("out", stem + ".json").parent == Path("out")
    assert not stem.startswith(".")
    assert len((stem + "-99999.markdown.part").encode()) < 255


@given(st.lists(st.sampled_from(["a.pdf", "A.PDF", "a.png", "a-2.pdf", "b.pdf"]), max_size=12))
def test_each_name_is_given_once_whatever_the_case(names: list[str]) -> None:
    given_out = FileNames()
    stems = [given_out.unused_stem(name).casefold() for name in names]
    assert len(set(stems)) == len(stems)
