"""Fault test F8's bar, and what looking at every transcript costs.

python tests/benchmarks/bench_recovery.py
"""

from __future__ import annotations

import re
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from model_runtime.contract import EngineIdentity, Transcript
from model_runtime.repetition import repetitions_in
from ocr2_loaders.settings import RecoverySettings
from ocr2_loaders.transcription.missing_words import missing_words
from ocr2_loaders.transcription.reading import judged
from tests.model_runtime.test_repetition import LOOPS, NO_LOOPS
from tests.support.text_layers import text_layer
from tests.support.transcripts import all_transcripts

BACKREFERENCE = re.compile(r"(.{1,200}?)\1{39,}", re.DOTALL)
"""The usual one-line detector, with a period of at most 200 and 40 copies."""


def main() -> None:
    print("   ms  found          text                                  (bar: 10 ms)   one-line expression, ms, found")
    for name, text in ({name: text for name, (text, _) in LOOPS.items()} | NO_LOOPS).items():
        ours, found = best_of(20, repetitions_in, text)
        usual, match = best_of(1, BACKREFERENCE.search, text)
        counted = f"{found[0].count} copies" if found else "none"
        print(f"{ours:6.2f} {counted:14} {name:36} {len(text):7,} chars {usual:12.1f}  {'loop' if match else 'none'}")
    print()
    for num_chars in (250_000, 500_000, 1_000_000):
        text = zlib.compress(bytes(range(256)) * 40).hex() + "".join(map(str, range(num_chars // 6)))
        taken, _ = best_of(3, repetitions_in, text[:num_chars])
        print(f"{num_chars:9,} characters without a loop: {taken:.0f} ms")
    recorded_pages()


def recorded_pages() -> None:
    texts = list(all_transcripts().values())
    words = " ".join(texts).split()[:400]
    layer = text_layer([" ".join(words[start : start + 10]) for start in range(0, len(words), 10)])
    engine, settings = EngineIdentity("replay", "1", "none"), RecoverySettings()
    judging, _ = best_of(5, lambda _: [judged(Transcript(0, text), engine, settings, layer=layer) for text in texts])
    comparing, _ = best_of(5, lambda _: [missing_words(layer, text) for text in texts])
    print(f"\na recorded page of {sum(map(len, texts)) // len(texts):,} characters, against 400 words of a text layer:")
    print(f"judged in {judging / len(texts):.2f} ms, of which the words take {comparing / len(texts):.2f} ms")


def best_of(times: int, task: Callable[[str], object], text: str = "") -> tuple[float, object]:
    """Milliseconds of CPU time, and what came out."""
    result, best = None, float("inf")
    for _ in range(times):
        start = time.process_time()
        result = task(text)
        best = min(best, time.process_time() - start)
    return best * 1e3, result


if __name__ == "__main__":
    main()
