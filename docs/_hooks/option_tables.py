"""`<!-- options: convert -->` becomes the table of that command's arguments and options, read from the program itself.

`ocr2 bench` is there where its extra is installed, as it is in the environment that `make docs` uses.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from ocr2_loaders.cli.app import app

_MARK = re.compile(r"<!-- options: ([a-z ]+) -->")


def on_page_markdown(markdown: str, **_: Any) -> str:  # noqa: ANN401 - MkDocs' own types
    return _MARK.sub(lambda found: option_table(found[1].split()), markdown)


def option_table(path: list[str]) -> str:
    """Raises: LookupError when there is no such command."""
    rows = (_row(each) for each in command(path).params if not getattr(each, "hidden", False))
    return "\n".join(("| option | meaning | default | environment |", "|---|---|---|---|", *rows))


def command(path: list[str]) -> Any:  # noqa: ANN401 - a class of typer or of click, by version
    """The command that these words call, such as ["cache", "clear"]. Raises: LookupError when there is none."""
    found: Any = get_command(app)
    for name in path:
        inner = found.get_command(None, name)
        if inner is None:
            raise LookupError(f"ocr2 has no command {' '.join(path)!r}")
        found = inner
    return found


def _row(parameter: Any) -> str:  # noqa: ANN401 - see above
    names = " ".join(f"`{name}`" for name in sorted(parameter.opts, key=len)) if _is_option(parameter) else ""
    shape = "" if getattr(parameter, "is_flag", False) or not parameter.metavar else f" `{parameter.metavar}`"
    help_text = (getattr(parameter, "help", None) or "").replace("|", "\\|")
    variable = f"`{parameter.envvar}`" if parameter.envvar else ""
    return f"| {names}{shape.replace('|', chr(92) + '|')} | {help_text} | {_default(parameter)} | {variable} |"


def _is_option(parameter: Any) -> bool:  # noqa: ANN401 - see above
    return bool(parameter.param_type_name == "option")


def _default(parameter: Any) -> str:  # noqa: ANN401 - see above
    value = parameter.default
    if value is None or value is False or parameter.required or callable(value):
        return ""
    if isinstance(value, Path):  # the reader's home, not that of whoever builds the site
        value = str(value).replace(str(Path.home()), "~")
    return f"`{value}`"
