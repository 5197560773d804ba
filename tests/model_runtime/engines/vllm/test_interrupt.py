"""Control-C while the vLLM engine reads, over a stand-in for vLLM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("tokenizers")

from tests.support.interrupts import heeded_interrupts
from tests.support.vllm_double import FAKE_VLLM

ENDLESS = """
import asyncio
import sys
from itertools import count
from tests.model_runtime.engines.vllm.test_engine import SLOW, VllmEngine, VllmSettings, page
from tests.support.reading import readings
from vllm.v1.engine.async_llm import AsyncLLM

try:
    with VllmEngine(VllmSettings(sys.argv[1], max_sequences=4)) as engine:
        async def read():
            pages = (page(number, SLOW if number else 0) for number in count())
            async for _ in readings(engine, pages, engine.capacity):
                print("page", flush=True)

        asyncio.run(read())
finally:
    (engine,) = AsyncLLM.started
    print(engine.under_way, engine.shut_down_after, flush=True)
"""


def test_control_c_aborts_what_is_under_way_and_ends_vllm(small_model: Path, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    root = str(Path(__file__).parents[4])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(FAKE_VLLM), root])}
    command = [sys.executable, str(script), str(small_model)]
    with (
        heeded_interrupts(),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run,
    ):
        assert run.stdout is not None
        assert run.stdout.readline() == "page\n"
        run.send_signal(signal.SIGINT)
        said, wrong = run.communicate(timeout=60)
    assert said == "0 20.0\n"
    assert "KeyboardInterrupt" in wrong
    assert run.returncode != 0
