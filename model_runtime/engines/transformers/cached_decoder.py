"""The decoder with the keys and values of everything it has read, so that each step computes new tokens alone."""

from __future__ import annotations

import inspect
from importlib.metadata import version
from typing import TYPE_CHECKING

from torch import Tensor

from model_runtime.errors import EngineUnavailable

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from transformers import PreTrainedModel

TRIED_RELEASES = "5.10.1 to 5.24.0"

_KEYWORDS = ("cache", "past_key_values")
"""What the decoder calls its cache: the first since Transformers 5.24, which takes the second until 5.40."""


class CachedDecoder:
    """A language model of Transformers and its cache for one batch.

    Its forward takes any further keyword without a word, so one that it no longer knows would not be missed, and every
    token be written from the last one alone. So the keyword is looked up, and after each step the cache's length is
    compared with what was fed. Raises: EngineUnavailable for a Transformers whose decoder keeps no such cache.
    """

    def __init__(self, language_model: PreTrainedModel) -> None:
        from transformers import DynamicCache

        self._language_model = language_model
        self._keyword = cache_keyword(language_model)
        self._cache = DynamicCache(config=language_model.config)
        self._num_read = 0

    def read(
        self,
        inputs: Float[Tensor, "rows new dim"],
        mask: Int[Tensor, "rows length"] | None,
        positions: Int[Tensor, "rows new"],
    ) -> Float[Tensor, "rows dim"]:
        """The last hidden state of each row after these inputs, which follow all that were read before."""
        outputs = self._language_model(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=positions,
            use_cache=True,
            **{self._keyword: self._cache},
        )
        self._num_read += inputs.shape[1]
        self._check_length()
        return outputs.last_hidden_state[:, -1]

    def keep(self, rows: Int[Tensor, "left"]) -> None:
        """Only these rows go on."""
        self._cache.batch_select_indices(rows)

    def _check_length(self) -> None:
        length = self._cache.get_seq_length()
        if length != self._num_read:
            raise _no_cache(f"holds {length} positions in its cache where {self._num_read} were read")


def cache_keyword(language_model: PreTrainedModel) -> str:
    """What the model's forward calls its cache. Raises: EngineUnavailable where it names none."""
    named = inspect.signature(language_model.forward).parameters
    found = next((keyword for keyword in _KEYWORDS if keyword in named), None)
    if found is None:
        raise _no_cache(f"takes a cache under none of the names {', '.join(_KEYWORDS)}")
    return found


def _no_cache(found: str) -> EngineUnavailable:
    return EngineUnavailable(
        f"the decoder of transformers {version('transformers')} {found}, and without one its text would be wrong",
        hint=f"install another release of transformers; {TRIED_RELEASES} are known to work",
    )
