"""How long grounded text takes to become spans and blocks, beside the official script's regular expression.

python tests/benchmarks/bench_grounding.py
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from model_runtime.grounding import GroundingParser, parse
from ocr2_loaders.blocks import Block, blocks_of
from tests.support.odd_markup import seeded_odd_markup
from tests.support.transcripts import transcript

OFFICIAL = re.compile(r"(<\|ref\|>(.*?)<\|/ref\|><\|det\|>(.*?)<\|/det\|>)", re.DOTALL)
"""As the official runners match tags; it reads no boxes, and keeps no text."""
MEGABYTE = 1_000_000
TAG = "<|ref|>{}<|/ref|><|det|>"
TABLE = TAG.format("table") + "[[1, 2, 3, 4]]<|/det|>\n"
HOSTILE: dict[str, str] = {
    "opening tokens only": "<|ref|>" * (MEGABYTE // 7),
    "label never closed": "<|ref|>" + "a" * MEGABYTE,
    "brackets never closed": TAG.format("text") + "[" * MEGABYTE,
    "one number": TAG.format("text") + "[[" + "9" * MEGABYTE + "]]<|/det|>",
    "parentheses": TAG.format("text") + "(" * MEGABYTE + "<|/det|>",
    "70,000 boxes": TAG.format("text") + "[" + "[1, 2, 3, 4]," * (MEGABYTE // 14) + "]<|/det|>",
    "half tokens": "<|ref" * (MEGABYTE // 5),
    "a label each 8 characters": "<|ref|>a" * (MEGABYTE // 8),
    "cells": TABLE + "<td></td>" * (MEGABYTE // 9),
    "deep tables": TABLE + "<table><tr><td>" * (MEGABYTE // 15),
    "spans of 99 columns": TABLE + "<table><tr>" + '<td colspan="99">x' * (MEGABYTE // 18),
}


def main() -> None:
    page = transcript("two_columns_v2") + "\n\n" + transcript("nested_table_v1")
    page = (page + "\n\n") * round(3000 / len(page))
    one_page(page)
    linearity(page)
    one_character_at_a_time(repeated(page, MEGABYTE // 4))
    hostile()
    fuzz(100_000)


def one_page(page: str) -> None:
    parsing, blocks, official = (best_of(50, task, page) for task in (parse, to_blocks, OFFICIAL.findall))
    print(f"one page of {len(page):,} characters: spans {parsing:.3f} ms, spans and blocks {blocks:.3f} ms (bar: 1 ms)")
    print(f"  official expression, tags only: {official:.3f} ms; our spans take {parsing / official:.1f} times that\n")


def linearity(page: str) -> None:
    print(
        "   MB   spans ms  per MB   blocks ms  per MB   official ms   ours/official   (bar: 100 ms for 1 MB of spans)"
    )
    for size in (0.25, 0.5, 1, 2, 4):
        text = repeated(page, int(size * MEGABYTE))
        spans, blocks, official = (best_of(3, task, text) for task in (parse, to_blocks, OFFICIAL.findall))
        print(
            f"{size:5.2f} {spans:10.1f} {spans / size:7.1f} {blocks:11.1f} {blocks / size:7.1f}"
            f" {official:13.2f} {spans / official:15.1f}"
        )


def one_character_at_a_time(text: str) -> None:
    def fed(text: str) -> None:
        parser = GroundingParser()
        for character in text:
            parser.feed(character)
        parser.close()

    for share in (0.25, 0.5, 1):
        part = text[: int(len(text) * share)]
        print(f"fed by character, {len(part):,} characters: {best_of(1, fed, part):.0f} ms")


def hostile() -> None:
    print(f"\n{'hostile text, 1 MB':28} spans ms   blocks ms   (half the size: blocks ms)")
    for name, text in HOSTILE.items():
        spans, blocks, half = best_of(1, parse, text), best_of(1, to_blocks, text), best_of(1, to_blocks, halved(text))
        print(f"{name:28} {spans:8.0f} {blocks:11.0f} {half:14.0f}")


def fuzz(count: int) -> None:
    lost = 0
    start = time.perf_counter()
    for seed in range(count):
        text = seeded_odd_markup(seed)
        spans = parse(text)
        kept = "".join(f"{block.text}\n{block.markdown}\n" for block in to_blocks(text))
        is_whole = "".join(span.tag + span.body for span in spans) == text
        words = re.findall(r"w\dw", "\n".join(span.body for span in spans))
        lost += not (is_whole and all(word in kept for word in words))
    print(f"\n{count:,} strings of broken markup: {lost} lost text ({time.perf_counter() - start:.0f} s)")


def to_blocks(text: str) -> tuple[Block, ...]:
    return blocks_of(text, page_index=0, file_sha256="0" * 64)


def repeated(text: str, size: int) -> str:
    return text * (size // len(text))


def halved(text: str) -> str:
    return text[: len(text) // 2]


def best_of(rounds: int, task: Callable[[str], object], text: str) -> float:
    """The fastest of several runs, in milliseconds of CPU time, so that other programs on the machine count less."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        task(text)
        times.append(time.process_time() - start)
    return min(times) * 1000


if __name__ == "__main__":
    main()
