"""The command line as the pages show it is the one that there is."""

from __future__ import annotations

import importlib.util
import re
import shlex
from types import ModuleType

import pytest
from typer.main import get_command

from ocr2_loaders.cli.app import app
from tests.support.markdown import ROOT, all_pages, page

SHOWN = re.compile(r"(?:^|`)(ocr2 (?:convert|view|doctor|cache|bench)\b[^`\n]*)", re.MULTILINE)


@pytest.fixture(scope="module")
def option_tables() -> ModuleType:
    pytest.importorskip("apted")  # `ocr2 bench` is one of the commands
    spec = importlib.util.spec_from_file_location("option_tables", ROOT / "docs" / "_hooks" / "option_tables.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def paths_of(group: object, before: tuple[str, ...] = ()) -> list[str]:
    """The words of every command that does something."""
    if not hasattr(group, "list_commands"):
        return [" ".join(before)]
    inner = [(name, group.get_command(None, name)) for name in group.list_commands(None)]
    return [path for name, command in inner for path in paths_of(command, (*before, name))]


def test_every_command_has_a_section_with_its_options():
    pytest.importorskip("apted")
    commands = set(paths_of(get_command(app)))
    text = page("docs/command-line.md").text
    assert set(re.findall(r"^<!-- options: ([a-z ]+) -->$", text, re.MULTILINE)) == commands
    assert set(re.findall(r"^## ocr2 ([a-z ]+)$", text, re.MULTILINE)) == commands


def test_a_table_has_every_option_with_its_default_and_its_variable(option_tables: ModuleType):
    rows = option_tables.option_table(["convert"]).splitlines()
    names = {name for parameter in option_tables.command(["convert"]).params for name in parameter.opts if "-" in name}
    assert all(any(f"`{name}`" in row for row in rows) for name in names)
    (dpi,) = (row for row in rows if "`--dpi`" in row)
    assert "`144`" in dpi
    assert "`OCR2_DPI`" in dpi


def test_a_table_for_a_command_that_is_not_there_is_refused(option_tables: ModuleType):
    with pytest.raises(LookupError, match="no command 'convrt'"):
        option_tables.option_table(["convrt"])


def test_no_page_shows_an_option_that_is_not_there(option_tables: ModuleType):
    unknown = [
        (str(each), shown, option)
        for each in all_pages()
        if each.path.name != "CHANGELOG.md"
        for shown in SHOWN.findall(each.text)
        for option in unknown_options(shown, option_tables)
    ]
    assert unknown == []


def unknown_options(shown: str, option_tables: ModuleType) -> list[str]:
    words = shlex.split(shown.split(" | ", maxsplit=1)[0].split(";", maxsplit=1)[0], comments=True)[1:]
    path = words[:2] if words[0] in {"cache", "bench"} else words[:1]
    if len(path) < len(words[:2]) or path[0] not in {"cache", "bench"} or len(path) == 2:
        known = {name for parameter in option_tables.command(path).params for name in parameter.opts}
        return [
            word for word in words if re.fullmatch(r"--?[a-z][a-z-]*", word) and word not in known | {"--help", "-h"}
        ]
    return []


def test_an_unknown_option_is_found(option_tables: ModuleType):
    assert unknown_options("ocr2 convert a.pdf --fromat html -o out", option_tables) == ["--fromat"]
