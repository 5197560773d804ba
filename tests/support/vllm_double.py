"""Puts the stand-in for vLLM in the place of the package, whether that is installed or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.module_tree import shadowed

FAKE_VLLM = Path(__file__).parent / "fake_vllm"


@contextmanager
def vllm_double() -> Iterator[Any]:
    """Yields its `vllm.v1.engine.async_llm`, fresh."""
    with shadowed("vllm", FAKE_VLLM):
        from vllm.v1.engine import async_llm

        yield async_llm
