"""Documents into chunks, by the policy that the settings name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ocr2_loaders.chunks.by_block import by_block
from ocr2_loaders.chunks.by_page import by_page
from ocr2_loaders.chunks.by_section import by_section
from ocr2_loaders.chunks.by_token_budget import by_token_budget
from ocr2_loaders.chunks.chunk import Chunk
from ocr2_loaders.chunks.embedded_text import embedded_text as _embedded_text
from ocr2_loaders.chunks.token_budget import TokenBudget
from ocr2_loaders.chunks.token_estimate import estimated_tokens
from ocr2_loaders.settings import ChunkPolicy, ChunkSettings
from ocr2_loaders.structure import StructuredPage
from ocr2_loaders.structure.document_end import documents_of, result_of

_DEFAULTS = ChunkSettings()


def chunks_of(
    pages: Iterable[StructuredPage],
    settings: ChunkSettings = _DEFAULTS,
    *,
    count_tokens: Callable[[str], int] | None = None,
    embedded_text: Callable[[Chunk], str] = _embedded_text,
) -> Iterator[Chunk]:
    """The chunks of any number of documents, in reading order, as soon as the pages that they need have come.

    `embedded_text` says all that will be embedded of a chunk: under the budget policy `count_tokens` of it is never
    more than `settings.max_tokens`, but for a formula or program that is longer alone, which `Chunk.notes` then says.
    Without `count_tokens` tokens are estimated; see `estimated_tokens`.

    Raises:
        ChunkBudgetTooSmall: what is embedded besides the text leaves no room for any.
    """
    budget = TokenBudget(settings.max_tokens, count_tokens or estimated_tokens, embedded_text)
    for document in documents_of(pages, result_of):
        match settings.policy:
            case ChunkPolicy.BLOCK:
                yield from by_block(document)
            case ChunkPolicy.PAGE:
                yield from by_page(document)
            case ChunkPolicy.SECTION:
                yield from by_section(document)
            case ChunkPolicy.BUDGET:
                yield from by_token_budget(document, budget)
