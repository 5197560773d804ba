"""Kinds of picture that need a package more say which, and are passed over in a folder."""

import json

from model_runtime.install_line import install_line
from tests.support.absent import python_without

CODE = """
import json
from ocr2_loaders.sources import opened_sources
found, passed = [], []
for given in {inputs!r}:
    found += [str(each.error) for each in opened_sources(given, passed_over=passed.append)]
print(json.dumps([found, [(each.kind, type(each.error).__name__, str(each.error)) for each in passed]]))
"""
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
AVIF = b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif"


def outcome(*inputs: object) -> list[list[object]]:
    """The errors, and what was passed over, where neither decoder is installed."""
    code = CODE.format(inputs=[*map(str, inputs)]) + ""
    run = python_without("pillow_heif", "PIL._avif", code=code)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_a_picture_that_was_asked_for_fails_with_the_install_line(tmp_path) -> None:
    (tmp_path / "a.jpg").write_bytes(HEIC)
    (tmp_path / "b.avif").write_bytes(AVIF)
    errors, passed = outcome(tmp_path / "a.jpg", tmp_path / "b.avif")
    assert errors == [
        f"a.jpg is a HEIC picture, which needs pillow-heif; {install_line('heif')}",
        "b.avif is an AVIF picture, which this build of Pillow does not read; pip install --upgrade 'pillow>=11.3'",
    ]
    assert passed == []


def test_in_a_folder_it_is_passed_over_with_the_install_line(tmp_path) -> None:
    for name, content in {"a.heic": HEIC, "IMG_1.HEIC": HEIC, "c.avif": AVIF, "d.heic": b"<html>"}.items():
        (tmp_path / name).write_bytes(content)
    (nothing,), passed = outcome(tmp_path)
    assert "holds no document" in nothing
    assert [(kind, error) for kind, error, _ in passed] == [
        (".heic", "DecoderUnavailable"),
        (".heic", "DecoderUnavailable"),
        (".avif", "DecoderUnavailable"),
        (".heic", "UnsupportedFormat"),
    ]
    assert passed[0][2].endswith(install_line("heif"))
