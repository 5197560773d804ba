import pytest

from model_runtime.install_line import install_line
from tests.support.absent import python_without
from tests.support.cli import ocr2

RUN = "import sys; sys.argv = ['ocr2', *{arguments!r}]; from ocr2_loaders.cli import main; main()"


def test_the_help_names_the_command_and_its_benchmark() -> None:
    pytest.importorskip("apted")
    assert "bench" in ocr2("--help").stdout
    assert "omnidocbench" in ocr2("bench", "--help").stdout


@pytest.mark.parametrize("arguments", [["bench", "omnidocbench", "--dataset", "x"], ["bench", "--anything"]])
def test_without_its_extra_the_command_answers_with_the_install_line(arguments: list[str]) -> None:
    run = python_without("apted", "rapidfuzz", "scipy", code=RUN.format(arguments=arguments))
    assert run.returncode == 2
    assert install_line("bench") in run.stderr


def test_the_other_commands_do_without_the_extra() -> None:
    run = python_without("apted", "rapidfuzz", "scipy", code=RUN.format(arguments=["--help"]))
    assert run.returncode == 0
    assert "Not installed" in run.stdout


def test_the_help_names_an_absent_command_as_it_is_called_and_its_extra_in_full() -> None:
    listed = python_without("apted", "rapidfuzz", "scipy", code=RUN.format(arguments=["--help"]))
    assert "  bench    Not installed" in listed.stdout
    assert "absent" not in listed.stdout
    run = python_without("apted", "rapidfuzz", "scipy", code=RUN.format(arguments=["bench", "--help"]))
    assert "[bench]" in run.stdout
