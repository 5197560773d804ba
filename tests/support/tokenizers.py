"""Real tokenizers, built where they are needed: nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import tiktoken
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tests.support.transcripts import all_transcripts

TokenCounter = Callable[[str], int]

_SAMPLE = (
    "The quick brown fox jumps over the lazy dog. Chunks of a document are embedded and found again; "
    "tables have rows, sections have headings, and every sentence ends somewhere. 文档被切成块。表格有行。"
)


@cache
def tiktoken_encoding() -> tiktoken.Encoding:
    """Byte-level: the 256 bytes, and some beginnings of words."""
    words = sorted({f" {word}"[:length] for word in _SAMPLE.split() for length in range(2, 7)}, key=len)
    pieces = [word.encode() for word in words if word.isascii() and len(word) > 1]
    ranks = {bytes([byte]): byte for byte in range(256)}
    for piece in dict.fromkeys(pieces):
        ranks.setdefault(piece, len(ranks))
    pattern = r"""\p{L}+| ?\p{L}+| ?\p{N}{1,3}| ?[^\s\p{L}\p{N}]+|\s+"""
    return tiktoken.Encoding("ours", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})


def count_by_tiktoken(text: str) -> int:
    return len(tiktoken_encoding().encode(text, disallowed_special=()))


@cache
def byte_level_bpe(vocab_size: int = 800) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(_training_texts(), trainer)
    return tokenizer


@cache
def word_pieces(vocab_size: int = 800) -> Tokenizer:
    """As BERT has them, with a token before and one behind every text."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=vocab_size, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(_training_texts(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return tokenizer


def counter_of(tokenizer: Tokenizer) -> TokenCounter:
    return lambda text: len(tokenizer.encode(text).ids)


def _training_texts() -> Iterable[str]:
    return [*all_transcripts().values(), _SAMPLE]
