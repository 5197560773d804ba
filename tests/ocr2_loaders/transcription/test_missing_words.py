from __future__ import annotations

from dataclasses import replace

import pytest

from model_runtime.text_layer import TextLayer
from ocr2_loaders.transcription.missing_words import missing_words
from tests.support.text_layers import text_layer

LINES = ["Seven sleepy sailors sailed slowly southward,", "while their captain counted constellations"]
LAYER = text_layer(LINES)


def test_a_whole_page_misses_nothing() -> None:
    assert missing_words(LAYER, "\n".join(LINES)) == 0.0


def test_half_a_page_misses_half() -> None:
    layer = text_layer(["alpha beta gamma delta epsilon", "zeta1 theta iota1 kappa lambda"])
    assert missing_words(layer, "alpha beta gamma delta epsilon") == 0.5


@pytest.mark.parametrize(
    "transcript",
    [
        "**Seven** sleepy sailors sailed slowly south-\nward, while their captain counted constellations",
        "<td>SEVEN</td> sleepy sailors sailed slowly southward, while their captain counted con&shy;stellations",
        "".join(f"<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n{line}\n" for line in LINES),
    ],
)
def test_markup_case_and_hyphens_make_no_difference(transcript: str) -> None:
    assert missing_words(LAYER, transcript) == 0.0


def test_ligatures_are_letters() -> None:
    assert missing_words(text_layer(["ﬁnd ofﬁce ﬂour shufﬂe aﬀord"] * 2), "find office flour shuffle afford") == 0.0


def test_scripts_without_spaces_are_compared_in_pairs() -> None:
    layer = text_layer(["深度求索光学字符识别模型二号版本"] * 2)
    assert missing_words(layer, "深度求索光学字符识别模型二号版本") == 0.0
    assert missing_words(layer, "深度求索") == pytest.approx(6 / 8)


def test_words_inside_a_figure_do_not_count() -> None:
    figure = "<|ref|>image<|/ref|><|det|>[[0, 139, 999, 999]]<|/det|>\n"
    layer = text_layer([*LINES, *["label after label after label"] * 10])
    assert missing_words(layer, " ".join(LINES) + figure) == 0.0
    assert (missing_words(layer, " ".join(LINES)) or 0) > 0.5


@pytest.mark.parametrize("layer", [None, TextLayer(), text_layer(LINES, distrust="odd"), text_layer(["two words"])])
def test_a_layer_that_says_too_little_is_no_measure(layer: TextLayer | None) -> None:
    assert missing_words(layer, "") is None


def test_rotated_text_does_not_count() -> None:
    turned = replace(LAYER, runs=tuple(replace(run, rotated=True) for run in LAYER.runs))
    assert missing_words(turned, "") is None
