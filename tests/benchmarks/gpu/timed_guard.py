"""Our guard with a clock: says, from within vLLM's engine, what it costs a step."""

from __future__ import annotations

from time import perf_counter

import torch

from model_runtime.vllm_plugin.guard import NoRepeatNgramGuard

_REPORT_EVERY = 256


class TimedGuard(NoRepeatNgramGuard):
    _spent: list[float]
    _steps: list[float]

    def apply(self, logits: torch.Tensor) -> torch.Tensor:
        start = perf_counter()
        answer = super().apply(logits)
        end = perf_counter()
        if not hasattr(self, "_spent"):
            self._spent, self._steps, self._last = [], [], start
        self._spent.append(end - start)
        self._steps.append(start - self._last)
        self._last = start
        if len(self._spent) == _REPORT_EVERY:
            spent, steps = (1e3 * sorted(times)[_REPORT_EVERY // 2] for times in (self._spent, self._steps))
            share = f"{spent:.3f} ms of a step of {steps:.2f} ms"
            print(f"RESULT guard in the engine: {share}, {self._num_guarded} sequences")
            self._spent.clear()
            self._steps.clear()
        return answer
