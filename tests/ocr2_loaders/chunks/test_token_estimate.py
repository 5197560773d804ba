from __future__ import annotations

import pytest

from ocr2_loaders.blocks import blocks_of
from ocr2_loaders.chunks import estimated_tokens
from tests.support.tokenizers import byte_level_bpe, counter_of, word_pieces
from tests.support.transcripts import all_transcripts

TOKENIZERS = {"byte-level BPE": byte_level_bpe(8000), "WordPiece": word_pieces(8000)}


@pytest.mark.parametrize("name", TOKENIZERS)
def test_the_estimate_is_not_below_tokenizers_of_common_size(name: str) -> None:
    count = counter_of(TOKENIZERS[name])
    for transcript in all_transcripts().values():
        blocks = blocks_of(transcript, page_index=0, file_sha256="0" * 64)
        text = "\n\n".join(block.text for block in blocks if block.text)
        assert count(text) <= estimated_tokens(text)


@pytest.mark.parametrize(
    ("text", "num_tokens"),
    [("", 0), ("a", 1), ("word", 2), ("NASA", 2), ("1999", 4), ("a b", 2), ("é", 1), ("字", 2), ("🎉", 3), ("...", 3)],
)
def test_what_counts_as_one(text: str, num_tokens: int) -> None:
    assert estimated_tokens(text) == 2 + num_tokens


def test_half_a_surrogate_pair_is_counted_too() -> None:
    assert estimated_tokens("\ud83c") == 3
