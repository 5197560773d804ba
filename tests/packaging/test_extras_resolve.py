"""Every extra can be installed, alone and together: asked of the package index itself, so these tests are `live`."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
INTEGRATIONS = sorted((ROOT / "integrations").glob("*/pyproject.toml"))
EXTRAS = tuple(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])
HEAVY = {"torch", "vllm", "transformers", "rapidocr", "onnxruntime", "openai", "unstructured-client", "langchain-core"}


def resolved(*extras: str, with_requirements: tuple[str, ...] = (), python: str = "3.11") -> set[str]:
    """The distributions that a fresh environment would get for the project with these extras."""
    project = f"ocr2-loaders[{','.join(extras)}] @ {ROOT.as_uri()}"
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--no-header", "--python-version", python, "-"]
    lines = "\n".join((project, *with_requirements))
    run = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=600, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    return set(re.findall(r"^([a-z0-9._-]+)==", run.stdout, re.MULTILINE))


def test_the_base_is_light() -> None:
    base = resolved()
    assert {"pypdfium2", "pillow", "lxml"} <= base
    assert not base & HEAVY


@pytest.mark.parametrize("extra", EXTRAS)
def test_each_extra_resolves_alone(extra: str) -> None:
    assert resolved(extra) > resolved()


@pytest.mark.parametrize("python", ["3.11", "3.13"])
def test_base_transformers_and_vllm_resolve_together(python: str) -> None:
    assert {"torch", "transformers", "vllm"} <= resolved("transformers", "vllm", python=python)


def test_everything_resolves_together_with_both_integrations() -> None:
    """The integrations require the project itself, which is on no index before its first release."""
    frameworks = tuple(
        requirement
        for project in INTEGRATIONS
        for requirement in _requirements(project)
        if not requirement.startswith("ocr2-loaders")
    )
    everything = resolved("all", with_requirements=frameworks)
    assert {"langchain-core", "llama-index-core", "vllm", "rapidocr", "unstructured-client"} <= everything


def test_the_frameworks_are_required_by_their_integrations_only() -> None:
    for framework in ("langchain-core", "llama-index-core"):
        assert framework not in resolved("all")
        assert any(each.startswith(framework) for project in INTEGRATIONS for each in _requirements(project))


def _requirements(project: Path) -> list[str]:
    return tomllib.loads(project.read_text())["project"]["dependencies"]
