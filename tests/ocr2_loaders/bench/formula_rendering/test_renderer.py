"""Formulas as pictures; where TeX is installed, real ones."""

import shutil

import pytest

from ocr2_loaders.bench.formula_rendering import NoRendererError, UnrenderedFormulaError, formula_renderer

needs_tex = pytest.mark.skipif(
    not (shutil.which("xelatex") and shutil.which("gs")), reason="xelatex or gs is not installed"
)


@pytest.fixture(scope="module")
def renderer():
    try:
        return formula_renderer()
    except NoRendererError as error:
        pytest.skip(str(error))


def test_a_machine_without_the_programs_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRendererError, match="xelatex and gs not found; install"):
        formula_renderer()


def test_programs_that_do_not_work_are_no_renderer(monkeypatch, tmp_path):
    for name in ("xelatex", "gs"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoRendererError, match="cannot set a formula"):
        formula_renderer()


@needs_tex
def test_every_visible_token_is_found_where_it_stands(renderer):
    picture = renderer.picture(r"a = \frac{b}{c}")
    boxes = {each.token: each.box for each in picture.tokens}
    assert list(boxes) == ["a", "=", "\\frac", "b", "c"]
    assert boxes["a"][2] < boxes["="][0] < boxes["="][2] < boxes["\\frac"][0]
    assert boxes["b"][3] <= boxes["c"][1]
    assert all(
        0 <= x0 < x1 <= picture.width_px and 0 <= y0 < y1 <= picture.height_px for x0, y0, x1, y1 in boxes.values()
    )


@needs_tex
def test_a_formula_with_errors_is_drawn_as_far_as_it_goes(renderer):
    assert [each.token for each in renderer.picture(r"x + \undefinedcommand y").tokens][-1] == "y"


@needs_tex
@pytest.mark.parametrize("latex", ["", r"\color \hat"])
def test_a_formula_without_a_picture_is_named(renderer, latex):
    with pytest.raises(UnrenderedFormulaError):
        renderer.picture(latex)


@needs_tex
def test_a_formula_reads_no_file_outside_its_own_folder(renderer, tmp_path):
    file = tmp_path / "file.tex"
    file.write_text("abcdefgh")
    with pytest.raises(UnrenderedFormulaError, match="made no page"):  # for TeX, there is no such file
        renderer.picture(rf"\color{{red}} x \input{{{file}}} y")
