"""One page as a chat completion request."""

from __future__ import annotations

import base64
from typing import Any

from model_runtime.contract import PageRequest
from model_runtime.engines.endpoint.introduction import Introduction
from model_runtime.engines.endpoint.png import encoded_png
from model_runtime.engines.endpoint.settings import Dialect, EndpointSettings
from model_runtime.vocabulary import IMAGE, Prompt

_CELL_TOKENS = [128821, 128822]
"""`<td>` and `</td>`, which a table may repeat as often as it likes."""
_REPETITION = {"min_pattern_size": 1, "max_pattern_size": 32, "min_count": 64}
"""What no page holds and every endless loop reaches soon: the same up to 32 tokens, 64 times in a row."""


def image_url(request: PageRequest) -> str:
    """The page as a data URL, so that the server fetches nothing."""
    return "data:image/png;base64," + base64.b64encode(encoded_png(request.pixels)).decode("ascii")


def chat_request(image: str, prompt: Prompt, settings: EndpointSettings, introduction: Introduction) -> dict[str, Any]:
    """The arguments of a chat completion. The server puts `<image>` and a line break in front of the text itself."""
    words = prompt.value.removeprefix(IMAGE).lstrip("\n")
    content = [{"type": "image_url", "image_url": {"url": image}}, {"type": "text", "text": words}]
    arguments: dict[str, Any] = {
        "model": introduction.model,
        "messages": [{"role": "user", "content": content}],
        "temperature": 0.0,
        "extra_body": _extras(settings, introduction.dialect),
    }
    if settings.max_tokens is not None:
        arguments["max_tokens"] = settings.max_tokens
    if settings.logprobs:
        arguments["logprobs"] = True
    return arguments


def _extras(settings: EndpointSettings, dialect: Dialect) -> dict[str, Any]:
    if dialect is Dialect.PLAIN:
        return {}
    extras: dict[str, Any] = {"skip_special_tokens": False}
    if dialect is Dialect.VLLM:
        extras["repetition_detection"] = _REPETITION
        if settings.ngram_size:
            extras["vllm_xargs"] = {
                "ngram_size": settings.ngram_size,
                "window_size": settings.ngram_window,
                "whitelist_token_ids": _CELL_TOKENS,
            }
    return extras
