"""What a font says of itself: its weight, its slant, its pitch."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass

import pypdfium2.raw as pdfium_c

# Flags of a font descriptor (ISO 32000-1, table 123).
_FIXED_PITCH = 1 << 0
_ITALIC = 1 << 6
_FORCE_BOLD = 1 << 18

_BOLD_WEIGHT = 650  # PDFium derives it from the stem width, where a semi-bold face and a sturdy regular one meet
_MAX_NAME_BYTES = 256
_BOLD_NAME = re.compile(r"bold|black|heavy|\bcmbx|\bcmb\d|sfbx|-bd\b|-demi|NimbusRomNo9L-Medi", re.IGNORECASE)
_ITALIC_NAME = re.compile(r"italic|oblique|slanted|\bcmti|\bcmmi|\bcmsl|sfti|-it\b|ital\b", re.IGNORECASE)
_MONOSPACED_NAME = re.compile(r"mono|courier|consol|typewriter|\bcmtt|sftt|menlo|inconsolata", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Font:
    bold: bool
    italic: bool
    monospaced: bool


def font_at(address: int) -> Font:
    """The font behind PDFium's handle."""
    font = ctypes.cast(address, pdfium_c.FPDF_FONT)
    name, flags, angle = _name(font), pdfium_c.FPDFFont_GetFlags(font), ctypes.c_int()
    pdfium_c.FPDFFont_GetItalicAngle(font, angle)
    return Font(
        bold=bool(_BOLD_NAME.search(name) or flags & _FORCE_BOLD or pdfium_c.FPDFFont_GetWeight(font) >= _BOLD_WEIGHT),
        italic=bool(_ITALIC_NAME.search(name) or flags & _ITALIC or angle.value),
        monospaced=bool(_MONOSPACED_NAME.search(name) or flags & _FIXED_PITCH),
    )


def _name(font: pdfium_c.FPDF_FONT) -> str:
    """The name without the six letters that mark a subset ("ABCDEF+Times-Bold")."""
    buffer = ctypes.create_string_buffer(_MAX_NAME_BYTES)
    num_bytes = pdfium_c.FPDFFont_GetBaseFontName(font, buffer, _MAX_NAME_BYTES)
    name = buffer.value.decode("utf-8", "replace") if num_bytes <= _MAX_NAME_BYTES else ""
    return name.split("+", 1)[-1]
