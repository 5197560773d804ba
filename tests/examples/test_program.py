"""What a newcomer meets who runs an example wrongly, or without what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.absent import python_without
from tests.support.examples import EXAMPLES, run_example

NEED_ARGUMENTS = sorted(
    each.name for each in EXAMPLES.glob("*.py") if each.name not in {"build_sample.py", "demo.py", "program.py"}
)


@pytest.mark.parametrize("name", NEED_ARGUMENTS)
def test_an_example_without_arguments_says_how_it_is_run(name: str, tmp_path: Path):
    ran = run_example(name, cwd=tmp_path)
    assert ran.returncode == 2
    assert ran.stderr.startswith((f"Run: python examples/{name} ", "pandas", "lancedb", "llama_index", "langchain"))
    assert "Traceback" not in ran.stderr


def test_too_many_arguments_are_wrong_usage_too(tmp_path: Path):
    assert run_example("build_sample.py", "a.pdf", "b.pdf", cwd=tmp_path).returncode == 2
    assert run_example("demo.py", "a.pdf", "b.pdf", cwd=tmp_path).returncode == 2


def test_help_prints_what_the_example_does(tmp_path: Path):
    ran = run_example("pdf_to_markdown.py", "--help", cwd=tmp_path)
    assert ran.returncode == 0
    assert ran.stdout.startswith("Prints a document as Markdown")


@pytest.mark.parametrize(("name", "package"), [("tables_to_pandas.py", "pandas"), ("build_sample.py", "reportlab")])
def test_a_missing_package_is_one_sentence_and_how_to_get_it(name: str, package: str):
    path = str(EXAMPLES / name)
    code = f"""
import sys, types
sys.argv = [{path!r}, "a.pdf"]
sys.path.insert(0, {str(EXAMPLES)!r})
source = open({path!r}).read()
main = sys.modules["__main__"]
main.__file__, main.__doc__ = {path!r}, source.split('\"\"\"')[1]
exec(compile(source, {path!r}, "exec"), main.__dict__)
"""
    ran = python_without(package, code=code)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"{package} is not installed.\nNeeds: pip install ")
    assert "Traceback" not in ran.stderr


def test_a_missing_file_is_named_and_no_traceback(tmp_path: Path):
    ran = run_example("stream_blocks.py", "absent.pdf", cwd=tmp_path)
    assert "absent.pdf cannot be found" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_place_that_cannot_be_written_is_no_traceback(tmp_path: Path):
    pytest.importorskip("reportlab")
    ran = run_example("build_sample.py", tmp_path / "absent" / "sample.pdf", cwd=tmp_path)
    assert ran.returncode == 1
    assert "No such file or directory" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_an_endpoint_that_is_no_url_is_no_traceback(tmp_path: Path):
    pytest.importorskip("openai")
    ran = run_example("remote_endpoint.py", "gpu-server", "absent.pdf", cwd=tmp_path)
    assert ran.returncode == 1
    assert "http or https URL" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_mistake_in_the_program_itself_keeps_its_traceback(tmp_path: Path):
    (tmp_path / "program.py").write_bytes((EXAMPLES / "program.py").read_bytes())
    broken = tmp_path / "broken.py"
    broken.write_text('"""Run: python broken.py"""\nfrom program import run\nrun(lambda: {}["absent"])\n')
    ran = run_example(str(broken), cwd=tmp_path)
    assert ran.returncode == 1
    assert "Traceback" in ran.stderr
    assert "KeyError" in ran.stderr


def test_the_runner_says_what_it_is(tmp_path: Path):
    assert "What every example is run by" in run_example("program.py", cwd=tmp_path).stdout
