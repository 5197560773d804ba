"""The model's tokens: prompts into ids, ids into text as they come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from tokenizers import Tokenizer

from model_runtime.engines.model_folder import ModelFolder
from model_runtime.engines.model_sizes import DecoderSizes
from model_runtime.engines.tokenizer_file import tokenizer_in
from model_runtime.errors import EngineUnavailable
from model_runtime.vocabulary import BEGIN_OF_SENTENCE, END_OF_SENTENCE, IMAGE, SPECIAL_TOKENS, Prompt

CELL_TAGS = ("<td>", "</td>")
"""Tables repeat these for good reasons; the official guard exempts them."""

_INCOMPLETE = "\N{REPLACEMENT CHARACTER}"
_LONGEST_WAIT = 16


@dataclass(frozen=True, slots=True)
class ModelTokens:
    """The tokenizer of a model folder, checked for everything the engine relies on.

    It is read without Transformers' Auto classes, which return half a processor for the published folder, and which add
    the token that begins a prompt or do not, depending on their version: here it is always added, once.
    """

    tokenizer: Tokenizer
    image_id: int
    begin_id: int
    end_ids: frozenset[int]
    cell_ids: tuple[int, ...]

    @classmethod
    def from_folder(cls, folder: ModelFolder, sizes: DecoderSizes) -> Self:
        """Raises: EngineUnavailable when there is no tokenizer, or one without the model's special tokens."""
        path = folder.path / "tokenizer.json"
        tokenizer = tokenizer_in(path)
        wanted = (*SPECIAL_TOKENS, *CELL_TAGS)
        found = ((token, tokenizer.token_to_id(token)) for token in wanted)
        ids = {token: number for token, number in found if number is not None and number < sizes.vocab_size}
        wrong = [token for token in wanted if token not in ids]
        if wrong:
            raise EngineUnavailable(
                f"{path} has no ids within the model's {sizes.vocab_size} for {', '.join(wrong)}",
                hint="name the folder of a DeepSeek-OCR 2",
            )
        ends = frozenset({sizes.eos_id, ids[END_OF_SENTENCE]})
        return cls(tokenizer, ids[IMAGE], ids[BEGIN_OF_SENTENCE], ends, tuple(ids[tag] for tag in CELL_TAGS))

    def prompt_ids(self, prompt: Prompt, num_visual_tokens: int) -> list[int]:
        """The begin of the sentence, a place for each visual token, and the words of the prompt."""
        words = self.tokenizer.encode(prompt.value.removeprefix(IMAGE), add_special_tokens=False).ids
        return [self.begin_id, *[self.image_id] * num_visual_tokens, *words]

    def text(self, ids: Sequence[int]) -> str:
        return str(self.tokenizer.decode(ids, skip_special_tokens=False))


class TextOfPage:
    """The text of one page while its tokens come; the pieces, joined, are the text."""

    def __init__(self, tokens: ModelTokens) -> None:
        self._tokens = tokens
        self._held: list[int] = []
        self._pieces: list[str] = []

    def add(self, token_id: int) -> str:
        """The text that the token completed; tokens may end within a character, which is then held back."""
        self._held.append(token_id)
        text = self._tokens.text(self._held)
        if text.endswith(_INCOMPLETE) and len(self._held) < _LONGEST_WAIT:
            return ""
        return self._release(text)

    def finish(self) -> str:
        """What was held back."""
        return self._release(self._tokens.text(self._held)) if self._held else ""

    @property
    def whole(self) -> str:
        return "".join(self._pieces)

    def begun_anew(self) -> TextOfPage:
        """With nothing in it yet."""
        return TextOfPage(self._tokens)

    def _release(self, text: str) -> str:
        self._held.clear()
        self._pieces.append(text)
        return text
