"""TGA pictures, which begin with no mark of their own: a header that adds up, and a mark at the end since 1989."""

from __future__ import annotations

import struct

FOOTER_BYTES = 26
"""How much of the end is looked at."""

_MARK = b"TRUEVISION-XFILE.\x00"
_HEADER = struct.Struct("<BBBHHBHHHHBB")
_DEPTHS = {1: {8}, 2: {16, 24, 32}, 3: {8, 16}}  # by kind: palette, colours, grey
_RUN_LENGTH_CODED = 8
_PALETTE_DEPTHS = frozenset({16, 24, 32})
_ALPHA_BITS = frozenset({0, 1, 8})


def may_be_targa(head: bytes) -> bool:
    """Whether each field of the header has a value that goes with the others; so may other content by chance."""
    if len(head) < _HEADER.size:
        return False
    _, has_palette, kind, first, num_colors, palette_depth, _, _, width, height, depth, flags = _HEADER.unpack_from(
        head
    )
    plain_kind = kind & ~_RUN_LENGTH_CODED
    if depth not in _DEPTHS.get(plain_kind, ()) or not (width and height):
        return False
    if flags & 0xC0 or flags & 0x0F not in _ALPHA_BITS:
        return False
    if plain_kind == 1:
        return has_palette == 1 and num_colors > 0 and palette_depth in _PALETTE_DEPTHS
    return (has_palette, first, num_colors) == (0, 0, 0)


def ends_as_targa(tail: bytes) -> bool:
    """Whether the content ends with the mark of the format's second version."""
    return tail.endswith(_MARK)
