"""What every example is run by. Where arguments do not fit, or a package, a file or a server is missing, one sentence
says so, where Python alone would print a traceback.

Run: python examples/program.py
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

_EXAMPLE = sys.modules["__main__"]
_OURS = ("ocr2_loaders", "model_runtime")


def run(main: Callable[..., int | None]) -> None:
    """Calls `main` with the arguments of the command line and ends the program as it says; 2 for wrong usage."""
    arguments = sys.argv[1:]
    if {"-h", "--help"}.intersection(arguments):
        sys.stdout.write(_EXAMPLE.__doc__ or "")
        sys.exit(0)
    try:
        inspect.signature(main).bind(*arguments)
    except TypeError:
        sys.stderr.write(_described("Run:", "Needs:"))
        sys.exit(2)
    sys.exit(main(*arguments))


def _described(*beginnings: str) -> str:
    """The lines of the example's own description that begin so."""
    return "".join(f"{line}\n" for line in (_EXAMPLE.__doc__ or "").splitlines() if line.startswith(beginnings))


def _tell(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """Errors that a user can do something about; any other is a mistake in the program, with its traceback."""
    if isinstance(error, BrokenPipeError):  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif isinstance(error, ModuleNotFoundError):
        sys.stderr.write(f"{error.name} is not installed.\n{_described('Needs:')}")
    elif isinstance(error, OSError | ImportError | ValueError) or kind.__module__.startswith(_OURS):
        sys.stderr.write(f"{error}\n")
    elif not isinstance(error, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)


if __name__ == "__main__":
    sys.stdout.write(f"{__doc__}\n")
elif Path(getattr(_EXAMPLE, "__file__", None) or "").parent == Path(__file__).parent:
    sys.excepthook = _tell  # from here on, so that an import that fails below is told like all else
