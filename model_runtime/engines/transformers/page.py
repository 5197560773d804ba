"""One page on its way through the engine: from a request to the model's inputs, from tokens to a transcript."""

from __future__ import annotations

from dataclasses import dataclass, field

from PIL import Image

from model_runtime.contract import FinishReason, PageRequest, Transcript
from model_runtime.engines.transformers.decoding import WrittenToken
from model_runtime.engines.transformers.tokens import ModelTokens, TextOfPage
from model_runtime.tiling import Views, views_of


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


@dataclass(slots=True, eq=False)
class PageInWriting:
    """What the model has written of a page."""

    page_index: int
    text: TextOfPage
    logprobs: list[float] = field(default_factory=list)
    token_ends: list[int] = field(default_factory=list)
    finish_reason: FinishReason | None = None

    def add(self, token: WrittenToken) -> str:
        """The piece of text that the token completed."""
        self.finish_reason = token.finish_reason
        if token.finish_reason is FinishReason.STOP:
            return self.text.finish()
        self.logprobs.append(token.logprob)
        piece = self.text.add(token.token_id)
        if token.finish_reason:
            piece += self.text.finish()
        self.token_ends.append((self.token_ends[-1] if self.token_ends else 0) + len(piece))
        return piece

    def transcript(self) -> Transcript:
        return Transcript(
            self.page_index,
            self.text.whole,
            self.finish_reason or FinishReason.ABORT,
            logprobs=tuple(self.logprobs),
            token_ends=tuple(self.token_ends),
        )
