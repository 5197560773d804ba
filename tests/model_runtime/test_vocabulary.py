import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.vocabulary import SPECIAL_TOKENS, Prompt, defused


@pytest.mark.parametrize("token", [*SPECIAL_TOKENS, "<|end▁of▁sentence|>"])
def test_no_special_token_survives_defusing(token: str) -> None:
    harmless = defused(f"before {token} after")
    assert token not in harmless
    assert harmless.replace("\u2060", "") == f"before {token} after"


@given(st.text(alphabet="<|/>refdt x｜▁", max_size=60))
def test_defused_text_spells_no_token_and_loses_nothing(text: str) -> None:
    harmless = defused(text)
    assert not any(token in harmless for token in SPECIAL_TOKENS)
    assert harmless.replace("\u2060", "") == text


@pytest.mark.parametrize("text", ["a < b", "x <|> y", "<table><tr>", "|a|b|", "<|", ""])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert defused(text) == text


def test_the_prompts_are_the_ones_the_model_was_trained_on() -> None:
    assert Prompt.GROUNDED == "<image>\n<|grounding|>Convert the document to markdown."
    assert Prompt.FREE_OCR == "<image>\nFree OCR."
