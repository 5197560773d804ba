"""Puts the stand-in for vLLM in the place of the package, whether that is installed or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.util import find_spec
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


def vllm_double_where_absent(module: str = "vllm") -> AbstractContextManager[None]:
    """For tests that run over the real interfaces where they are installed, and over the stand-in's elsewhere."""
    return nullcontext() if _is_installed(module) else shadowed("vllm", FAKE_VLLM)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # a parent is not
        return False
