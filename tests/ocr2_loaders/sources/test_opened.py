import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.errors import SourceNotFound
from ocr2_loaders.sources import FailedSource, Source, opened_sources

PDF = b"%PDF-1.7\nbody"


def test_inputs_of_every_kind_come_out_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    inputs = [
        tmp_path,
        PDF,
        io.BytesIO(PDF),
        str(tmp_path / "no.pdf"),
        f"{tmp_path}/*.pdf",
        (tmp_path / "a.pdf").as_uri(),
    ]
    assert [entry.name for entry in opened_sources(inputs)] == [
        "a.pdf",
        "<bytes>",
        "<stream>",
        "no.pdf",
        "a.pdf",
        "a.pdf",
    ]


def test_a_generator_is_asked_for_one_input_at_a_time() -> None:
    asked = []

    def inputs():
        for number in range(3):
            asked.append(number)
            yield PDF

    sources = opened_sources(inputs())
    assert asked == []
    next(sources)
    assert asked == [0]
    next(sources)
    assert asked == [0, 1]


def test_one_bad_source_leaves_the_others_good() -> None:
    good, bad, last = opened_sources([PDF, "no.pdf", PDF])
    assert isinstance(good, Source)
    assert isinstance(bad, FailedSource)
    assert isinstance(bad.error, SourceNotFound)
    assert isinstance(last, Source)


def test_no_inputs_give_no_sources() -> None:
    assert list(opened_sources([])) == []


@pytest.mark.parametrize("empty", ["", "file://", "file://#x"])
def test_an_empty_path_is_not_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: str
) -> None:
    (tmp_path / "a.pdf").write_bytes(PDF)
    monkeypatch.chdir(tmp_path)
    (nothing,) = opened_sources(empty)
    assert isinstance(nothing, FailedSource)


@pytest.mark.parametrize("wrong", [None, 3, [None], [[PDF]], [3.5], object()])
def test_what_is_no_input_raises_and_says_what_is(wrong: object) -> None:
    with pytest.raises(TypeError, match="binary file"):
        list(opened_sources(wrong))


def test_an_error_of_the_consumer_is_not_taken_for_one_of_the_source() -> None:
    sources = opened_sources([PDF, PDF])
    next(sources)
    with pytest.raises(SourceNotFound):
        sources.throw(SourceNotFound("the consumer's own"))


@given(st.text(st.characters(exclude_categories=(), exclude_characters="#?*["), max_size=30))
def test_any_text_behind_file_is_a_failed_source(text: str) -> None:
    for entry in opened_sources(f"file://{text}/no such file"):
        assert isinstance(entry, FailedSource)
        assert f"{entry.name}{entry.uri}{entry.error}".isprintable()


def test_importing_loads_no_network_library() -> None:
    program = "import sys, ocr2_loaders.sources; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "ocr2_loaders.sources.opened" in loaded
    assert not {"httpx", "httpcore", "fsspec", "ssl", "asyncio"} & set(loaded)
