from ocr2_loaders.cli.passed_over_count import PassedOverCount
from ocr2_loaders.errors import DecoderUnavailable, UnsupportedFormat
from ocr2_loaders.sources import PassedOver


def passed(name: str, *, hint: str | None = None) -> PassedOver:
    error = DecoderUnavailable("it is HEIC", hint=hint) if hint else UnsupportedFormat("it is something else")
    return PassedOver(name, name, error)


def test_nothing_is_said_of_nothing() -> None:
    assert [*PassedOverCount().lines()] == []


def test_what_would_be_read_after_an_installation_is_said_once() -> None:
    count = PassedOverCount()
    for name in ("a.heic", "b.heic", "c.HEIC"):
        count(passed(name, hint="pip install it"))
    count(passed("d.docx"))
    assert [*count.lines()] == [
        "4 files passed over: 3 .heic, 1 .docx (ocr2 --verbose lists them)",
        "3 of them would be read after: pip install it",
    ]


def test_many_kinds_are_shortened() -> None:
    count = PassedOverCount()
    for number in range(14):
        count(passed(f"a.x{number:02}"))
    (line,) = count.lines()
    assert "1 .x09, 4 of other kinds" in line
