"""How a request asks for the guard: in `SamplingParams.extra_args`, by upstream's names. Free of vLLM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from model_runtime.vllm_plugin.ngram_rule import NgramRule

_DEFAULT_WINDOW = 100


def rule_of(extra_args: Mapping[str, Any] | None) -> NgramRule | None:
    """The rule that a request asks for with `ngram_size`, `window_size` and `whitelist_token_ids`; None without the
    first.

    Raises: ValueError for anything that is no rule.
    """
    arguments = extra_args or {}
    size = arguments.get("ngram_size")
    if size is None:
        return None
    window = arguments.get("window_size", _DEFAULT_WINDOW)
    whitelist = arguments.get("whitelist_token_ids") or ()
    if not isinstance(size, int) or not isinstance(window, int):
        raise ValueError(f"ngram_size and window_size must be whole numbers, not {size!r} and {window!r}")  # noqa: TRY004 - vLLM answers ValueError with a refusal
    if not isinstance(whitelist, Iterable) or isinstance(whitelist, str):
        raise ValueError(f"whitelist_token_ids must be a list of token ids, not {whitelist!r}")  # noqa: TRY004 - as above
    return NgramRule(size, window, frozenset(int(token) for token in whitelist))


def arguments_of(rule: NgramRule) -> dict[str, Any]:
    """What a request puts into `extra_args` to ask for a rule."""
    return {
        "ngram_size": rule.ngram_size,
        "window_size": rule.window,
        "whitelist_token_ids": sorted(rule.whitelist),
    }
