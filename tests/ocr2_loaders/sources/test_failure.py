import errno
import os

import pytest

from ocr2_loaders.errors import Ocr2Error, SourceError, SourceNotFound, SourceNotRegular, SourceUnreadable, UrlRefused
from ocr2_loaders.sources.failure import ReaderErrors, not_read


@pytest.mark.parametrize(
    ("code", "kind", "retryable"),
    [
        (errno.ENOENT, SourceNotFound, False),
        (errno.ENAMETOOLONG, SourceNotFound, False),
        (errno.ELOOP, SourceNotRegular, False),
        (errno.EISDIR, SourceNotRegular, False),
        (errno.EACCES, SourceUnreadable, False),
        (errno.EIO, SourceUnreadable, True),
        (errno.ESTALE, SourceUnreadable, True),
    ],
)
def test_the_system_s_errors_keep_their_meaning(code: int, kind: type[SourceError], retryable: bool) -> None:
    error = not_read("a.pdf", OSError(code, os.strerror(code)))
    assert type(error) is kind
    assert error.retryable is retryable


class SdkError(Exception):
    """As an SDK defines it: an Exception and nothing more."""


def test_the_error_of_a_library_shows_no_secret_not_even_as_its_cause() -> None:
    url = "sftp://me:s3cr3t@host/a.pdf"
    with pytest.raises(SourceUnreadable) as raised, ReaderErrors("a.pdf", url=url):
        raise SdkError(f"cannot open {url}")
    assert str(raised.value) == "a.pdf cannot be read (SdkError: cannot open sftp://***@host/a.pdf)"
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    "error", [UrlRefused("ours"), TypeError("a mistake"), AttributeError("x"), KeyboardInterrupt()]
)
def test_our_own_errors_and_mistakes_pass_as_they_are(error: BaseException) -> None:
    with pytest.raises(type(error)) as raised, ReaderErrors("a.pdf"):
        raise error
    assert raised.value is error
    assert isinstance(error, Ocr2Error) is isinstance(error, UrlRefused)
