"""What the plugin relies on in vLLM: over a stand-in, over releases that differ, over the one that is installed."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from model_runtime.errors import EngineUnavailable
from model_runtime.vllm_plugin import ARCHITECTURE, OFF_SWITCH, register
from model_runtime.vllm_plugin.surface import (
    ENGINE,
    FIRST_GUARD,
    IMAGES,
    ITEMS,
    MODEL,
    PROMPTS,
    SECOND_GUARD,
    require,
    way_in,
)
from tests.support.module_tree import module_tree
from tests.support.vllm_double import vllm_double


@pytest.fixture
def upstream() -> Iterator[Any]:
    with vllm_double() as async_llm:
        yield async_llm


def processor(methods: str) -> dict[str, str]:
    """A tree whose processor has these methods."""
    return {"vllm.multimodal.processing": f"class BaseMultiModalProcessor:\n{methods}"}


UP_TO_0_28 = """
    def _call_hf_processor(self, prompt, mm_data, mm_kwargs, tok_kwargs): ...
    def _hf_processor_applies_updates(self, prompt_text, mm_items, hf_processor_mm_kwargs, tokenization_kwargs): ...
    def _apply_hf_processor_text_mm(self, a, b, c, d):
        return self._call_hf_processor(a, b, c, d), self._hf_processor_applies_updates(a, b, c, d)
"""
OF_0_29_AND_0_30 = """
    def _get_hf_mm_data(self, mm_items): ...
    def _apply_hf_processor_main(self, mm_items, hf_processor_mm_kwargs):
        return self.info.ctx.call_hf_processor(self._get_hf_mm_data(mm_items), hf_processor_mm_kwargs)
    def _apply_hf_processor(self, inputs):
        return self._apply_hf_processor_main(mm_items=inputs, hf_processor_mm_kwargs={})
"""
FROM_0_31 = """
    def _get_hf_mm_inputs(self, mm_items, hf_kwargs): ...
    def _call_hf_processor(self, hf_data, hf_kwargs): ...
    def _apply_hf_processor_main(self, mm_items, hf_kwargs):
        return self._call_hf_processor(*self._get_hf_mm_inputs(mm_items, hf_kwargs))
"""
NEVER_CALLED = FROM_0_31.replace("return self._call_hf_processor(", "return self.info.call(")


@pytest.mark.parametrize(
    ("methods", "way"),
    [(UP_TO_0_28, PROMPTS), (OF_0_29_AND_0_30, ITEMS), (FROM_0_31, IMAGES)],
    ids=["0.28", "0.30", "0.31"],
)
def test_each_release_is_met_on_its_own_way(tmp_path: Path, methods: str, way: str) -> None:
    with module_tree(tmp_path, {"vllm.__init__": ""} | processor(methods)):
        assert way_in() == way


@pytest.mark.parametrize(
    ("methods", "said"),
    [
        ("    pass", "there is no .*_call_hf_processor"),
        (NEVER_CALLED, "BaseMultiModalProcessor._call_hf_processor is called by nothing"),
        (FROM_0_31.replace("hf_data", "data"), r"takes \(data, hf_kwargs\) and not \(hf_data, hf_kwargs\)"),
    ],
    ids=["gone", "never called", "renamed"],
)
def test_a_release_whose_hooks_would_do_nothing_is_refused(tmp_path: Path, methods: str, said: str) -> None:
    tree = {"vllm.__init__": ""} | processor(methods)
    with module_tree(tmp_path, tree), pytest.raises(EngineUnavailable, match=said) as caught:
        way_in()
    assert "install another release of vllm; 0.25.0 to 0.33.0 are known" in str(caught.value)


def test_the_engine_calls_only_what_is_listed(upstream: Any) -> None:
    """The stand-in holds what the engine's own tests need, and the list is true of it."""
    require(ENGINE)


def test_everything_that_differs_is_named_with_the_version(upstream: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(upstream.AsyncLLM, "shutdown")
    with pytest.raises(EngineUnavailable) as caught:
        require(ENGINE, MODEL)
    message = str(caught.value)
    assert message.startswith("vllm 0.33.0 differs from those that this project knows")
    assert "AsyncLLM.shutdown" in message
    assert "deepseek_ocr2:DeepseekOCR2ForCausalLM" in message


def test_the_plugin_registers_itself_without_loading_its_class(
    upstream: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """So that other models are served by any vLLM."""
    from vllm import ModelRegistry

    caplog.set_level("INFO")
    monkeypatch.setenv(OFF_SWITCH, "0")
    register()
    assert ModelRegistry.models == {}
    assert "is switched off by OCR2_VLLM_PLUGIN=0" in caplog.text
    monkeypatch.delenv(OFF_SWITCH)
    register()
    register()
    assert ModelRegistry.models == {ARCHITECTURE: "model_runtime.vllm_plugin.model:PageReader"}
    assert "is active" in caplog.text


OVER_THE_INSTALLED = """
import numpy as np
from types import SimpleNamespace
from vllm.multimodal.parse import ImageProcessorItems, MultiModalDataItems
from model_runtime.vllm_plugin import surface
from importlib.util import find_spec

second = surface.SECOND_GUARD if find_spec(surface.SECOND_RUNNER) else ()
surface.require(surface.ENGINE, surface.MODEL, surface.FIRST_GUARD, second)
from model_runtime.vllm_plugin.processor import PageProcessor

tokenizer = SimpleNamespace(bos_token_id=0, encode=lambda text, add_special_tokens: [7, 8])
processor = object.__new__(PageProcessor)
processor.info = SimpleNamespace(get_tokenizer=lambda: tokenizer)
pages = [np.full((20, 30, 3), 1, np.uint8), np.full((4, 5, 3), 2, np.uint8)]
items = MultiModalDataItems({"image": ImageProcessorItems(pages)})
words = {
    surface.PROMPTS: {"prompt": "text", "hf_processor_mm_kwargs": {}, "tokenization_kwargs": {},
                      "enable_hf_prompt_update": True},
    surface.ITEMS: {"hf_processor_mm_kwargs": {}},
    surface.IMAGES: {"hf_kwargs": {}},
}[surface.way_in()]
found = processor._apply_hf_processor_main(mm_items=items, **words)
found = found[1] if isinstance(found, tuple) else found
assert found["page_sizes"].tolist() == [[20, 30], [4, 5]], found
assert found["page_pixels"].tolist() == [1] * 1800 + [2] * 60
print("all is as it was, pages go in as", surface.way_in())
"""


@pytest.mark.skipif(find_spec("vllm") is None, reason="vLLM is not installed")
def test_the_installed_release_is_as_listed_and_calls_our_hooks() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OVER_THE_INSTALLED], capture_output=True, text=True, check=False
    )
    assert "all is as it was" in ran.stdout, ran.stderr[-3000:]


@pytest.mark.parametrize("module", ["model", "guard", "guard_on_device"])
def test_nothing_of_the_plugin_is_loaded_over_an_unknown_vllm(
    tmp_path: Path, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"model_runtime.vllm_plugin.{module}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    tree = {"vllm.__init__": ""} | processor(NEVER_CALLED)
    with module_tree(tmp_path, tree), pytest.raises(EngineUnavailable, match="differs from those"):
        importlib.import_module(name)


def test_both_guards_are_as_their_runners_call_them(upstream: Any) -> None:
    require(FIRST_GUARD, SECOND_GUARD)
