"""The READMEs say how to install what is there today, and one switch makes them say how once it is published."""

from __future__ import annotations

import pytest

from docs._install.write import READMES, is_published, with_install_text


@pytest.mark.parametrize("name", READMES)
def test_a_readme_says_what_the_switch_says(name: str) -> None:
    readme = READMES[name].read_text("utf-8")
    assert readme == with_install_text(readme, name, published=is_published())


@pytest.mark.parametrize("name", READMES)
def test_the_published_form_names_the_package_alone_and_today_s_form_a_place(name: str) -> None:
    readme = READMES[name].read_text("utf-8")
    published = with_install_text(readme, name, published=True)
    assert f'pip install "{name}[embedded]"' in published
    assert "git+" not in published
    today = with_install_text(readme, name, published=False)
    assert f'pip install "{name}[embedded]"' not in today
    assert "git+URL-OF-THIS-REPOSITORY" in today
    assert with_install_text(published, name, published=False) == today


def test_a_readme_without_a_place_is_told_of() -> None:
    with pytest.raises(LookupError, match="has 0 places"):
        with_install_text("# A README\n", "ocr2-loaders", published=False)
