from collections.abc import Iterator

import pytest

from ocr2_loaders.errors import Ocr2Error, SourceTooLarge, UnsupportedFormat
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.spool import spooled
from ocr2_loaders.sources.stream import bytes_candidate


class Chunks:
    """A generator of one chunk without end, and whether it was closed."""

    def __init__(self, chunk: bytes) -> None:
        self.num_given = 0
        self.is_closed = False
        self.generator = self._given(chunk)

    def _given(self, chunk: bytes) -> Iterator[bytes]:
        try:
            while True:
                self.num_given += 1
                yield chunk
        finally:
            self.is_closed = True


@pytest.mark.parametrize(
    ("chunk", "kind", "num_given"), [(b"%PDF-" + bytes(5000), SourceTooLarge, 3), (bytes(5000), UnsupportedFormat, 1)]
)
def test_what_gives_the_bytes_is_closed_as_soon_as_they_are_not_wanted(
    chunk: bytes, kind: type[Ocr2Error], num_given: int
) -> None:
    chunks = Chunks(chunk)
    with pytest.raises(kind):
        spooled(chunks.generator, bytes_candidate(b""), SourceSettings(max_bytes=12_000))
    assert (chunks.is_closed, chunks.num_given) == (True, num_given)
