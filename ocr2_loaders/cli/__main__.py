"""`python -m ocr2_loaders.cli` is the `ocr2` program."""

from ocr2_loaders.cli.app import main

main()
