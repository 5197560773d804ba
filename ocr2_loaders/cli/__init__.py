"""The command line: one file a command."""

from ocr2_loaders.cli.app import main

__all__ = ["main"]
