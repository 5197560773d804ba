from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.export.inline import Run, plain_text, runs_of, words_of
from tests.support.results import block

BOLD, RAISED = frozenset("b"), frozenset({"sup"})


def test_words_between_marks_have_the_look_of_the_marks() -> None:
    assert list(runs_of("a **b** c<sup>2</sup>")) == [
        Run("a "),
        Run("b", BOLD),
        Run(" c"),
        Run("2", RAISED),
    ]


def test_looks_add_up() -> None:
    assert list(runs_of("<b><sup>x</sup>y</b>z")) == [Run("x", BOLD | RAISED), Run("y", BOLD), Run("z")]


def test_formulas_are_runs_of_their_own() -> None:
    assert list(runs_of(r"if \( a < b \) then \[ c \]")) == [
        Run("if "),
        Run("a < b", is_formula=True),
        Run(" then "),
        Run("c", is_formula=True, is_display=True),
    ]


def test_a_line_break_within_a_formula_opens_no_other() -> None:
    assert list(runs_of(r"\[ a \\[1ex] b \]")) == [Run(r"a \\[1ex] b", is_formula=True, is_display=True)]


def test_a_page_of_marks_that_are_never_closed_is_read_once() -> None:
    """Read once for each mark, these would take hours."""
    for mark in (r"\(", r"\[", "**a", "<b>", "<b"):
        assert plain_text(mark * 30_000).count("a") == mark.count("a") * 30_000


def test_a_tag_that_only_breaks_the_line_is_a_line_break() -> None:
    assert plain_text("a<br>b<br/>c") == "a\nb\nc"


def test_character_references_are_their_characters() -> None:
    assert plain_text("a &lt; b &amp; c") == "a < b & c"


def test_what_only_looks_like_a_mark_is_text() -> None:
    for text in ("2 ** 3 ** 4", "a <b and c> d", "![x](http://evil.example)", "<script>x</script>", "f(*args, **kw)"):
        assert plain_text(text) == text


@given(st.text("ab*<>/()[]\\ &;\n", max_size=60))
def test_no_letter_is_lost(text: str) -> None:
    assert plain_text(text).count("a") == text.count("a")


def test_words_of_a_heading_are_without_its_marks() -> None:
    assert words_of(block(markdown="### 2.1 Data")) == "2.1 Data"
    assert words_of(block(markdown="\\# no heading")) == "# no heading"
