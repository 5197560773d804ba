"""One page on its way through the engine: from a request to the model's inputs, from tokens to a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from PIL import Image

from model_runtime.contract import FinishReason, PageRequest, Tell, Transcript
from model_runtime.engines.outcome import Outcome, settle
from model_runtime.engines.transformers.decoding import WrittenToken
from model_runtime.engines.transformers.tokens import ModelTokens, TextOfPage
from model_runtime.tiling import Views, views_of

_GATHERED_S = 0.05
"""How long pieces are gathered at least before they are told."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedPage:
    """A page as the model takes it."""

    page_index: int
    views: Views
    prompt_ids: list[int]

    @classmethod
    def from_request(cls, request: PageRequest, tokens: ModelTokens, max_crops: int) -> PreparedPage:
        """Raises: PageRejected for a page that makes no views."""
        if request.max_crops is not None:
            max_crops = min(max_crops, request.max_crops)
        views = views_of(Image.fromarray(request.pixels), max_crops)
        return cls(request.page_index, views, tokens.prompt_ids(request.prompt, views.num_visual_tokens))


class PageInWriting:
    """A page on its way through the model: what has been written of it, who hears of it, and what becomes of it."""

    def __init__(self, page: PreparedPage, text: TextOfPage, tell: Tell | None = None) -> None:
        self.page = page
        self.outcome: Outcome = Outcome()
        self._text = text
        self._telling = _Telling(tell) if tell else None
        self._logprobs: list[float] = []
        self._token_ends: list[int] = []

    @property
    def is_left(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.outcome.done()

    @property
    def text(self) -> str:
        """What has been written so far."""
        return self._text.whole

    def add(self, token: WrittenToken) -> None:
        """With its last token the page is done."""
        piece = self._piece(token)
        if self._telling:
            self._telling.add(piece, is_last=token.finish_reason is not None)
        if token.finish_reason:
            settle(self.outcome, self._transcript(token.finish_reason))

    def begin_anew(self) -> None:
        """As if nothing had been written."""
        self._text = self._text.begun_anew()
        self._logprobs.clear()
        self._token_ends.clear()
        if self._telling:
            self._telling.begin_anew()

    def _piece(self, token: WrittenToken) -> str:
        """The piece of text that the token completed."""
        if token.finish_reason is FinishReason.STOP:
            return self._text.finish()
        self._logprobs.append(token.logprob)
        piece = self._text.add(token.token_id)
        if token.finish_reason:
            piece += self._text.finish()
        self._token_ends.append((self._token_ends[-1] if self._token_ends else 0) + len(piece))
        return piece

    def _transcript(self, finish_reason: FinishReason) -> Transcript:
        return Transcript(
            self.page.page_index,
            self.text,
            finish_reason,
            logprobs=tuple(self._logprobs),
            token_ends=tuple(self._token_ends),
        )


class _Telling:
    """Gathers pieces, so that those who hear of them are not called for every token of a fast device."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._gathered = ""
        self._has_told = False
        self._told_at = float("-inf")

    def add(self, piece: str, *, is_last: bool) -> None:
        self._gathered += piece
        if self._gathered and (is_last or monotonic() >= self._told_at + _GATHERED_S):
            self._tell(self._gathered)
            self._gathered, self._has_told, self._told_at = "", True, monotonic()

    def begin_anew(self) -> None:
        self._gathered = ""
        if self._has_told:
            self._tell(None)
