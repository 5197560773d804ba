from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_runtime.box import GridBox
from model_runtime.grounding import GroundedSpan, GroundingParser, parse
from tests.support.odd_markup import odd_markup, seeded_odd_markup
from tests.support.transcripts import all_transcripts, transcript

TRANSCRIPTS = all_transcripts()
TAG = "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>"
BOX = (GridBox(1, 2, 3, 4),)


def fed(*deltas: str) -> tuple[GroundedSpan, ...]:
    parser = GroundingParser()
    spans = [span for delta in deltas for span in parser.feed(delta)]
    return (*spans, *parser.close())


def assert_lossless(text: str, spans: tuple[GroundedSpan, ...]) -> None:
    assert "".join(span.tag + span.body for span in spans) == text
    assert [span.start for span in spans][:1] in ([], [0])
    assert all(left.end == right.start for left, right in pairwise(spans))


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_every_character_of_a_transcript_is_in_exactly_one_span(name: str) -> None:
    assert_lossless(TRANSCRIPTS[name], parse(TRANSCRIPTS[name]))


@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_a_transcript_fed_character_by_character_gives_the_same_spans(name: str) -> None:
    assert fed(*TRANSCRIPTS[name]) == parse(TRANSCRIPTS[name])


@settings(max_examples=500)
@given(odd_markup())
def test_no_markup_however_odd_loses_a_character(text: str) -> None:
    assert_lossless(text, parse(text))


@settings(max_examples=500)
@given(odd_markup(), st.lists(st.integers(0, 200), max_size=12))
def test_spans_do_not_depend_on_how_the_text_was_cut(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    assert fed(*(text[start:end] for start, end in pairwise(edges))) == parse(text)


def test_twenty_thousand_strings_of_broken_tags_are_read_without_loss() -> None:
    for seed in range(20_000):
        text = seeded_odd_markup(seed)
        assert_lossless(text, parse(text))


def test_a_span_comes_as_soon_as_the_next_tag_begins() -> None:
    parser = GroundingParser()
    assert parser.feed(TAG + "\nfirst\n\n<|re") == []
    (span,) = parser.feed("f|>")
    assert (span.label, span.boxes, span.text) == ("text", BOX, "first")
    assert [span.text for span in parser.feed("title<|/ref|>second")] == []
    assert [span.text for span in parser.close()] == ["second"]


def test_a_closed_parser_reads_another_transcript() -> None:
    parser = GroundingParser()
    first = [*parser.feed(TAG + "one"), *parser.close()]
    assert [*parser.feed(TAG + "one"), *parser.close()] == first


def test_nothing_gives_no_span() -> None:
    assert parse("") == ()


def test_text_before_the_first_tag_has_no_label() -> None:
    lead, text = parse("went on\n\n" + TAG + "\nbody")
    assert (lead.label, lead.tag, lead.text, lead.notes) == (None, "", "went on", ())
    assert (text.label, text.tag, text.text, text.start) == ("text", TAG, "body", 9)


def test_text_on_the_line_of_the_tag_is_body() -> None:
    assert [span.text for span in parse(transcript("same_line_bodies"))] == [
        "On the tag's line.",
        "And this, too.\nWith a second line.",
    ]


def test_several_boxes_of_one_tag_keep_their_order() -> None:
    spans = parse(transcript("two_columns_v2"))
    assert spans[1].boxes == (GridBox(66, 120, 915, 150), GridBox(67, 152, 440, 164), GridBox(67, 166, 410, 176))
    assert all(span.notes == () for span in spans)


def test_a_closing_token_without_a_tag_stays_in_the_text_and_is_noted() -> None:
    lead, text = parse(transcript("bare_orphan_close"))
    assert lead.label is None
    assert lead.notes == ("a stray <|/ref|> stands in the text",)
    assert text.notes == ()


def test_a_tag_that_lost_its_first_token_keeps_its_label_and_box() -> None:
    first, _ = parse(transcript("orphan_close"))
    assert (first.label, first.boxes) == ("equation", (GridBox(120, 100, 400, 140),))
    assert first.notes == ("the label is never opened",)


def test_a_tag_without_its_first_token_within_a_body_begins_a_span() -> None:
    spans = parse(
        TAG + "\nfirst\nequation<|/ref|><|det|>[[5, 6, 7, 8]]<|/det|>\nsecond\n<|det|>[[1, 2, 3, 4]]<|/det|>\nthird"
    )
    assert [(span.label, span.text) for span in spans] == [("text", "first"), ("equation", "second"), (None, "third")]
    assert [len(span.boxes) for span in spans] == [1, 1, 1]


def test_a_label_closed_twice_is_the_part_before_the_first_close() -> None:
    first, _ = parse(transcript("label_closed_twice"))
    assert (first.label, first.boxes, first.text) == ("text", (GridBox(114, 760, 147, 778),), "d)")
    assert "denominators" in first.notes[0]


def test_a_known_label_that_is_never_closed_ends_with_its_line() -> None:
    _, last = parse(transcript("label_never_closed"))
    assert (last.label, last.tag, last.boxes) == ("equation", "<|ref|>equation", ())
    assert last.body.startswith("\r\n\\[\n")
    assert last.notes == ("the label is not closed", "the tag has no boxes")


def test_text_behind_an_opened_label_is_text_and_no_label() -> None:
    (span,) = parse("<|ref|>Once upon a time\nthere was")
    assert (span.label, span.tag, span.text) == (None, "<|ref|>", "Once upon a time\nthere was")


def test_a_transcript_that_ends_within_a_label_leaves_no_text_of_it() -> None:
    *_, last = parse(TAG + "\nbody\n<|ref|>sub_ti")
    assert (last.label, last.tag, last.body) == (None, "<|ref|>sub_ti", "")


def test_a_label_opened_many_times_is_one_tag() -> None:
    (span,) = parse("<|ref|>" * 3 + "text<|/ref|>body")
    assert (span.label, span.body) == ("text", "body")
    assert "the label is opened 3 times" in span.notes


def test_missing_and_empty_box_tags_are_noted_and_leave_the_text() -> None:
    missing, not_opened, empty = parse(transcript("box_tag_missing"))
    assert (missing.text, missing.boxes) == ("No box here.", ())
    assert (not_opened.text, not_opened.boxes) == ("The box tag was not opened.", (GridBox(150, 533, 789, 620),))
    assert (empty.text, empty.notes) == ("The box is empty.", ("the tag names no box",))


def test_a_box_tag_that_is_never_closed_ends_where_the_text_begins() -> None:
    formula, table, length = parse(transcript("box_tag_never_closed"))
    assert formula.tag.endswith("<|det|>[[110, ")
    assert formula.text == "\\frac{1}{1+m^2}} \\, dm = \\arctan m\\]"
    assert table.tag.endswith("[1.5cm]")
    assert table.text.startswith("<table>")
    assert length.text == "\\[ m = 2 \\]"
    assert all(span.notes[0] == "the box text is not closed" for span in (formula, table, length))


def test_boxes_before_the_end_of_a_box_tag_that_is_cut_off_are_kept() -> None:
    (span,) = parse("<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4], [5, 6, 7, 8]]")
    assert span.boxes == (GridBox(1, 2, 3, 4), GridBox(5, 6, 7, 8))


def test_labels_that_are_text_of_the_page_are_kept_as_they_are() -> None:
    spans = parse(transcript("labels_are_the_text"))
    assert [span.label for span in spans] == ["Moss & Stone", "Text of the sign", "KJ-161-01"]
    assert all(span.text == "" for span in spans)


def test_a_transcript_that_lost_its_tokens_is_read_all_the_same() -> None:
    spans = parse(transcript("tokens_stripped"))
    assert [(span.label, len(span.boxes)) for span in spans] == [
        ("sub_title", 1),
        ("text", 1),
        ("image", 1),
        ("text", 2),
    ]
    assert spans[1].text == "A bucket and a brush."
    assert all(span.notes == ("the tag has lost its special tokens",) for span in spans)


@pytest.mark.parametrize("before", [TAG + "\n", "See below.\n", ""])
def test_text_that_looks_like_a_tag_without_tokens_stays_text(before: str) -> None:
    body = "text[[1, 2, 3, 4]] is how it looks" if not before else "text[[217, 146, 785, 191]]\nnot a tag"
    (span,) = parse(before + body)
    assert span.body.endswith(body)


def test_an_end_of_sentence_token_stays_in_the_body() -> None:
    (span,) = parse(TAG + "\nbody<｜end▁of▁sentence｜>")
    assert span.body == "\nbody<｜end▁of▁sentence｜>"


ADVERSARIES = {
    "opening tokens": "<|ref|>" * 30_000,
    "a label that never ends": "<|ref|>" + "a" * 200_000,
    "brackets that never end": "<|ref|>text<|/ref|><|det|>" + "[" * 200_000,
    "a bracket for each character": "<|ref|>text<|/ref|><|det|>" + "[1]," * 50_000,
    "a number of many digits": "<|ref|>text<|/ref|><|det|>[[" + "9" * 1_000_000 + ", 1, 2, 3]]<|/det|>",
    "parentheses": "<|ref|>text<|/ref|><|det|>" + "(" * 100_000 + "<|/det|>",
    "code": "<|ref|>text<|/ref|><|det|>[[__import__('os').abort(), 9**9**9]]<|/det|>",
    "closes": "<|/ref|>" * 30_000,
    "box tags": "<|det|>" * 30_000,
    "half tokens": "<|ref" * 40_000,
    "spaces": "<|ref|>text<|/ref|>" + " " * 200_000,
    "labels closed again": "<|ref|>t" + "<|/ref|>a" * 20_000,
}


@pytest.mark.parametrize("name", ADVERSARIES)
def test_hostile_text_gives_one_span_without_a_box_and_loses_nothing(name: str) -> None:
    text = ADVERSARIES[name]
    (span,) = parse(text)
    assert span.tag + span.body == text
    assert span.boxes == ()
