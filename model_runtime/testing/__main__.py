"""`python -m model_runtime.testing make-model DIR --size small|full`: a model folder with random weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from model_runtime.testing.model_folder import SIZES, write_model_folder


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m model_runtime.testing", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("make-model", help="write a model folder in the official layout with random weights")
    make.add_argument("folder", type=Path, metavar="DIR")
    make.add_argument("--size", choices=tuple(SIZES), default="small", help="a few MB, or the published 6.8 GB")
    arguments = parser.parse_args()
    write_model_folder(arguments.folder, SIZES[arguments.size])


if __name__ == "__main__":
    main()
