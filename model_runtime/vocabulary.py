"""The model's language: its special tokens, its prompts and the labels it was seen to write. Free of torch.

Source: the official DeepSeek-OCR 2 runners and tokenizer; the labels were counted over 2,151 real outputs.
"""

from __future__ import annotations

import re
from enum import StrEnum

REF_OPEN = "<|ref|>"
REF_CLOSE = "<|/ref|>"
DET_OPEN = "<|det|>"
DET_CLOSE = "<|/det|>"
GROUNDING = "<|grounding|>"
IMAGE = "<image>"
BEGIN_OF_SENTENCE = "<｜begin▁of▁sentence｜>"
END_OF_SENTENCE = "<｜end▁of▁sentence｜>"

SPECIAL_TOKENS = (REF_OPEN, REF_CLOSE, DET_OPEN, DET_CLOSE, GROUNDING, IMAGE, BEGIN_OF_SENTENCE, END_OF_SENTENCE)

MODEL_LABELS = (
    "title",
    "sub_title",
    "text",
    "equation",
    "image",
    "image_caption",
    "image_footnote",
    "table",
    "table_caption",
    "table_footnote",
    "figure_title",
)
"""Every well-formed label found in real outputs of the model."""


class Prompt(StrEnum):
    """The two prompts the model was trained on, each behind one `IMAGE` token."""

    GROUNDED = f"{IMAGE}\n{GROUNDING}Convert the document to markdown."
    """Markdown with a label and boxes in front of every block."""
    FREE_OCR = f"{IMAGE}\nFree OCR."
    """Plain text without boxes."""


_WORD_JOINER = "\u2060"
_SPELLED_TOKEN = re.compile(r"<(?=[|｜]/?[\w▁]+[|｜]>|image>)")


def defused(text: str) -> str:
    """`text` with an invisible word joiner (U+2060) behind the first character of every spelled-out special token.

    For engines that write grounded markup around text they merely read: a page that shows the characters of a tag
    cannot forge a block, a box or an end of the page.
    """
    return _SPELLED_TOKEN.sub("<" + _WORD_JOINER, text)
