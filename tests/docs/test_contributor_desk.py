"""What contributors are handed: hooks with the project's own tools, forms that ask for what a report needs."""

from __future__ import annotations

import re

import pytest

from tests.support.markdown import ROOT

yaml = pytest.importorskip("yaml")

TEMPLATES = ROOT / ".github" / "ISSUE_TEMPLATE"
FORMS = {name: yaml.safe_load((TEMPLATES / f"{name}.yml").read_text()) for name in ("bug", "wrong_reading")}
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def test_hooks_run_the_tools_of_the_test_environment_and_fetch_none():
    assert [repository["repo"] for repository in HOOKS] == ["local"]
    for hook in HOOKS[0]["hooks"]:
        assert hook["language"] == "pygrep" or hook["entry"].startswith(".venv-test/bin/")


@pytest.mark.parametrize(
    "hook", [each for each in HOOKS[0]["hooks"] if each["language"] == "pygrep"], ids=lambda h: h["id"]
)
def test_a_pattern_finds_what_it_is_for(hook: dict):
    bad = {
        "conflict-marks": "<<<<<<< HEAD",
        "trailing-white-space": "text ",
        "private-keys": "-----BEGIN RSA " + "PRIVATE KEY-----",
    }
    assert re.search(hook["entry"], bad[hook["id"]])
    assert not re.search(hook["entry"], "a line like any other ======= >>> x")


def test_a_bug_report_asks_for_the_version_and_what_the_doctor_says():
    fields = {field["id"]: field for field in FORMS["bug"]["body"] if "id" in field}
    assert fields["doctor"]["validations"]["required"]
    assert "ocr2 doctor" in fields["doctor"]["attributes"]["label"]
    assert fields["version"]["validations"]["required"]
    assert "may be public" in fields["file"]["attributes"]["description"]


def test_a_report_of_a_wrong_reading_asks_for_the_page_and_its_text():
    fields = FORMS["wrong_reading"]["body"]
    required = {field["id"] for field in fields if field.get("validations", {}).get("required")}
    assert required == {"page", "expected", "found", "engine"}


def test_there_is_a_place_for_reports_that_are_not_public():
    contact = yaml.safe_load((TEMPLATES / "config.yml").read_text())["contact_links"]
    assert any(link["url"].endswith("/security/policy") for link in contact)
