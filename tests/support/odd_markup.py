"""Text made of the pieces that the model's markup, its HTML and its LaTeX are made of, in any order."""

from __future__ import annotations

import random

from hypothesis import strategies as st

PIECES = (
    *("<|ref|>", "<|/ref|>", "<|det|>", "<|/det|>", "<｜end▁of▁sentence｜>", "<|re", "|>", "<|"),
    *("text", "table", "equation 1", "image", "table_caption", "sub_title", "sub_ti", "image_caption"),
    *("[[1, 2, 3, 4]]", "[[", "]]", "[", "]", "1", "-5", "1000", "12.5", "NaN", "inf", "1e400", "9" * 400, "９", "٣"),
    *(", ", " ", "\u00a0", "\n", "\n\n", "\r\n", "\x00", "\ud800", "\u2028"),
    *("<table>", "</table>", "<tr>", "</tr>", "<td>", "</td>", "<th>", "<td rowspan=2>", '<td colspan="1000000000">'),
    *("<thead>", "<br>", "<b>", "</i>", "<sup>", "<center>", "</center>", "<b and ", "&lt;", "&", "<", ">"),
    *(
        "```",
        "\n```\n",
        "\\[",
        "\\]",
        "\\(",
        "\\)",
        "$$",
        "$",
        "\\\\",
        "# ",
        "## ",
        "- ",
        "1. ",
        "|",
        "\n|a|b|\n|-|-|\n",
    ),
    "<|ref|>text<|/ref|><|det|>[[1, 2, 3, 4]]<|/det|>\n",
    "<|ref|>table<|/ref|><|det|>[[1, 2, 3, 4], [5, 6, 7, 8]]<|/det|>\n",
    "<|ref|>table_caption<|/ref|><|det|>[[9, 2, 3, 4]]<|/det|>\n",
    "text[[1, 2, 3, 4]]\n",
)
NUM_WORDS = 8


def odd_markup(max_size: int = 30) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=max_size).map("".join)


def seeded_odd_markup(seed: int) -> str:
    """Pieces at random with numbered words between them ("w3w"), so that a lost one can be named."""
    chance = random.Random(seed)  # noqa: S311  # the same text for the same seed is what is asked for
    pieces = [chance.choice(PIECES) for _ in range(chance.randint(1, 40))]
    for number in range(NUM_WORDS):
        pieces.insert(chance.randint(0, len(pieces)), f"w{number}w ")
    return "".join(pieces)
