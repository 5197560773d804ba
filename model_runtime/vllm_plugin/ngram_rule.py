"""The official rule against repetition, and what is banned by it, for many sequences at once. Free of torch and vLLM.

A token is banned when it would complete an n-gram that lies within the last `window` tokens already. What the official
runners do by comparing tuples, step after step and sequence after sequence, is kept here as a table: for each sequence
and each lag, how many of its latest tokens equal the tokens that stand `lag` places before them. A step adds one to the
entries whose newest token matches and clears the others; an entry of n - 1 or more bans the token that follows its
match.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_NO_TOKEN = -1
_NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class NgramRule:
    """No n-gram of `ngram_size` tokens twice within `window` tokens; tokens on the whitelist are never banned."""

    ngram_size: int = 20
    window: int = 90
    whitelist: frozenset[int] = frozenset({128821, 128822})
    """By default <td> and </td>, which tables need again and again."""

    def __post_init__(self) -> None:
        if self.ngram_size < 1 or self.window < 1:
            raise ValueError(
                f"an n-gram of {self.ngram_size} tokens within {self.window} is no rule; both must be positive"
            )

    @property
    def num_lags(self) -> int:
        """How far back, in tokens, a match may lie for its n-gram to be within the window as a whole."""
        return max(0, self.window - self.ngram_size + 1)


OFFICIAL_RULE = NgramRule()
"""That of the official runner for single images."""


class NgramTable:
    """The latest tokens of every sequence in a batch, and what the next one must not be.

    Rows are places in the batch. A row holds a sequence from `start` on until `clear`; `swap` and `move` follow the
    batch when it is re-ordered.
    """

    def __init__(self, num_rows: int) -> None:
        self._rules: list[NgramRule | None] = [None] * num_rows
        self._recent = np.full((num_rows, 0), _NO_TOKEN, np.int32)  # (rows, lags), the newest token first
        self._matched = np.zeros((num_rows, 0), np.int32)  # (rows, lags), tokens in a row that equal those `lag` before
        self._needed = np.full((num_rows, 0), _NEVER, np.int32)  # (rows, lags), from when on a match bans

    def start(self, row: int, rule: NgramRule, tokens: list[int]) -> None:
        """Lets a sequence under that rule begin in a row, with what it has written so far."""
        self._widen(rule.num_lags)
        self.clear(row)
        self._rules[row] = rule
        self._needed[row, : rule.num_lags] = rule.ngram_size - 1
        only = np.array([row])
        for token in tokens[-(rule.window + rule.ngram_size) :]:
            self.extend(only, np.array([token], np.int32))

    def clear(self, row: int) -> None:
        self._rules[row] = None
        self._recent[row], self._matched[row], self._needed[row] = _NO_TOKEN, 0, _NEVER

    def swap(self, row: int, other: int) -> None:
        self._rules[row], self._rules[other] = self._rules[other], self._rules[row]
        for table in (self._recent, self._matched, self._needed):
            table[[row, other]] = table[[other, row]]

    def move(self, source: int, target: int) -> None:
        """The sequence of one row takes another; what was there is forgotten."""
        self.swap(source, target)
        self.clear(source)

    def extend(self, rows: NDArray[np.intp], tokens: NDArray[np.int32]) -> None:
        """One more token for each of these rows."""
        if not self._recent.shape[1]:
            return
        recent = self._recent[rows]  # (given, lags)
        self._matched[rows] = np.where(recent == tokens[:, None], self._matched[rows] + 1, 0)
        self._recent[rows, 1:] = recent[:, :-1]
        self._recent[rows, 0] = tokens

    def banned(self, num_rows: int) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
        """For the first rows, what their next tokens must not be, as pairs of row and token. Mostly there are none."""
        rows, lags = np.nonzero(self._matched[:num_rows] >= self._needed[:num_rows])
        tokens = self._recent[rows, lags]
        if not len(rows):
            return rows, tokens
        kept = np.array([self._bans(row, token) for row, token in zip(rows.tolist(), tokens.tolist(), strict=True)])
        return rows[kept], tokens[kept]

    def _bans(self, row: int, token: int) -> bool:
        rule = self._rules[row]
        return rule is not None and token != _NO_TOKEN and token not in rule.whitelist

    def _widen(self, num_lags: int) -> None:
        missing = num_lags - self._recent.shape[1]
        if missing > 0:
            grow = ((0, 0), (0, missing))
            self._recent = np.pad(self._recent, grow, constant_values=_NO_TOKEN)
            self._matched = np.pad(self._matched, grow)
            self._needed = np.pad(self._needed, grow, constant_values=_NEVER)
