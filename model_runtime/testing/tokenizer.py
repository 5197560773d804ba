"""A tokenizer with the published vocabulary's size and special ids, whose other tokens are single bytes."""

from __future__ import annotations

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from model_runtime.vocabulary import (
    BEGIN_OF_SENTENCE,
    DET_CLOSE,
    DET_OPEN,
    END_OF_SENTENCE,
    GROUNDING,
    IMAGE,
    REF_CLOSE,
    REF_OPEN,
)

IDS = {
    BEGIN_OF_SENTENCE: 0,
    END_OF_SENTENCE: 1,
    "<｜▁pad▁｜>": 2,
    IMAGE: 128_815,
    REF_OPEN: 128_816,
    REF_CLOSE: 128_817,
    DET_OPEN: 128_818,
    DET_CLOSE: 128_819,
    GROUNDING: 128_820,
    "<td>": 128_821,
    "</td>": 128_822,
}
"""<image> and the cell tags as the official runners name them; those between are inferred from their order."""


def synthetic_tokenizer(vocab_size: int) -> Tokenizer:
    """Any text becomes its bytes; ids that stand for no byte and nothing special are words of their own."""
    special = {number: token for token, number in IDS.items()}
    single_bytes = iter(sorted(pre_tokenizers.ByteLevel.alphabet()))
    vocab = {special.get(number) or next(single_bytes, f"filler{number}"): number for number in range(vocab_size)}
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    cells = {"<td>", "</td>"}
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in IDS if token not in cells]
    )
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in sorted(cells)])
    return tokenizer
