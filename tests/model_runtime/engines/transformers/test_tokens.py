from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")

from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.model_folder import ModelFolder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.transformers.tokens import ModelTokens, TextOfPage
from model_runtime.errors import EngineUnavailable
from model_runtime.testing.tokenizer import synthetic_tokenizer
from model_runtime.vocabulary import Prompt

TOKENIZER = synthetic_tokenizer(129_280)
TOKENS = ModelTokens(TOKENIZER, 128_815, 0, frozenset({1}), (128_821, 128_822))


def test_the_special_tokens_have_the_published_ids(small_model: Path) -> None:
    tokens = ModelTokens.from_folder(ModelFolder(small_model, "small"), DecoderSizes())
    assert (tokens.begin_id, tokens.end_ids, tokens.image_id) == (0, {1}, 128_815)
    assert tokens.cell_ids == (128_821, 128_822)


def test_a_prompt_begins_once_and_has_a_place_for_each_visual_token() -> None:
    ids = TOKENS.prompt_ids(Prompt.GROUNDED, 257)
    assert ids[:258] == [0, *[128_815] * 257]
    assert TOKENS.text(ids[258:]) == "\n<|grounding|>Convert the document to markdown."
    assert 128_820 in ids
    assert TOKENS.text(TOKENS.prompt_ids(Prompt.FREE_OCR, 0)[1:]) == "\nFree OCR."


@given(st.text(max_size=60))
def test_pieces_joined_are_the_text(text: str) -> None:
    page = TextOfPage(TOKENS)
    ids = TOKENIZER.encode(text, add_special_tokens=False).ids
    pieces = [page.add(token_id) for token_id in ids] + [page.finish()]
    assert "".join(pieces) == page.whole == text


@given(st.lists(st.integers(0, 129_279), max_size=60))
def test_noise_comes_out_as_it_would_at_once(ids: list[int]) -> None:
    page = TextOfPage(TOKENS)
    for token_id in ids:
        page.add(token_id)
    page.finish()
    if "\N{REPLACEMENT CHARACTER}" * 12 not in page.whole:  # more broken bytes in a row are given up on earlier
        assert page.whole == TOKENS.text(ids)


def test_a_character_of_several_tokens_comes_whole() -> None:
    page = TextOfPage(TOKENS)
    ids = TOKENIZER.encode("é", add_special_tokens=False).ids
    assert [page.add(token_id) for token_id in ids] == ["", "é"]


def test_a_tokenizer_without_the_special_tokens_is_refused(tmp_path: Path) -> None:
    synthetic_tokenizer(1000).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(EngineUnavailable, match=r"no ids within the model's 1000 for .*<\|ref\|>"):
        ModelTokens.from_folder(ModelFolder(tmp_path, "model"), DecoderSizes(vocab_size=1000))


@pytest.mark.parametrize("content", [None, "", "{}", "not json"])
def test_a_tokenizer_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json cannot be read"):
        ModelTokens.from_folder(ModelFolder(tmp_path, "model"), DecoderSizes())
