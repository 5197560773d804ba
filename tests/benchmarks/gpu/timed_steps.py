"""Clocks within vLLM's engine: where a step's time goes, the device waited for at each of them.

vLLM loads `TimedSteps` as a logits processor, which is how a benchmark's code gets into the engine's process. The
clocks make a step slower than it is, because nothing overlaps while they run.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import torch
import vllm.v1.worker.gpu_model_runner as runner
from vllm.v1.engine.core import EngineCore

import model_runtime.vllm_plugin.model as plugin
from model_runtime.vllm_plugin.encoder_batches import EncoderBatches
from model_runtime.vllm_plugin.guard import NoRepeatNgramGuard

_REPORT_EVERY = 16

_seconds: defaultdict[str, list[float]] = defaultdict(list)
_last_end = [0.0]


def _clocked(label: str, call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def timed(*arguments: Any, **named: Any) -> Any:
        torch.cuda.synchronize()
        start = perf_counter()
        answer = call(*arguments, **named)
        if isinstance(answer, Iterator):
            answer = iter(list(answer))
        torch.cuda.synchronize()
        _seconds[label].append(perf_counter() - start)
        return answer

    return timed


def _reporting(step: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(step)
    def timed(self: EngineCore) -> Any:
        start = perf_counter()
        if _last_end[0]:
            _seconds["between steps"].append(start - _last_end[0])
        answer = _clocked("step", step)(self)
        _last_end[0] = perf_counter()
        if len(_seconds["step"]) == _REPORT_EVERY:
            for label, times in _seconds.items():
                print(f"RESULT {label}: {1e3 * sum(times):.0f} ms in {len(times)} calls", flush=True)
            _seconds.clear()
        return answer

    return timed


for _owner, _name, _label in (
    (runner.GPUModelRunner, "execute_model", "execute_model"),
    (runner.GPUModelRunner, "_execute_mm_encoder", "encoder, all of it"),
    (runner, "group_and_batch_mm_kwargs", "pixels to the device"),
    (plugin, "page_views", "views"),
    (EncoderBatches, "__call__", "encoder batches"),
    (runner.GPUModelRunner, "_model_forward", "decoder"),
    (runner.GPUModelRunner, "sample_tokens", "sampling"),
):
    if hasattr(_owner, _name):
        setattr(_owner, _name, _clocked(_label, getattr(_owner, _name)))
for _name in ("step", "step_with_batch_queue"):
    setattr(EngineCore, _name, _reporting(getattr(EngineCore, _name)))


class TimedSteps(NoRepeatNgramGuard):
    """The guard; what matters is that this module is loaded."""
