"""Kinds of picture that are read only where a decoder is installed."""

from __future__ import annotations

from importlib.util import find_spec

from ocr2_loaders.errors import DecoderUnavailable
from ocr2_loaders.sources.source import FileType

_MODULES = {FileType.HEIF: "pillow_heif", FileType.AVIF: "PIL._avif"}


def has_decoder(file_type: FileType) -> bool:
    """Whether files of this kind can be read here and now."""
    module = _MODULES.get(file_type)
    return module is None or find_spec(module) is not None


def check_decoder(file_type: FileType, name: str) -> None:
    """Raises: DecoderUnavailable, which says how to get the decoder."""
    if has_decoder(file_type):
        return
    if file_type is FileType.HEIF:
        from model_runtime.install_line import install_line  # brings half of urllib with it

        raise DecoderUnavailable(f"{name} is a HEIC picture, which needs pillow-heif", hint=install_line("heif"))
    message = f"{name} is an AVIF picture, which this build of Pillow does not read"
    raise DecoderUnavailable(message, hint="pip install --upgrade 'pillow>=11.3'")
