"""What file systems and libraries raise → the project's errors."""

from __future__ import annotations

import errno
from types import TracebackType

from ocr2_loaders.errors import (
    Ocr2Error,
    SourceError,
    SourceNotFound,
    SourceNotRegular,
    SourceTooLarge,
    SourceUnreadable,
)
from ocr2_loaders.printable import printable
from ocr2_loaders.sources.public_url import without_secrets

_NOT_FOUND = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG})
_FOR_GOOD = frozenset({errno.EACCES, errno.EPERM, errno.ENXIO})
_ABOUT_CONTENT = (ValueError, LookupError, EOFError, RuntimeError)


class ReaderErrors:
    """A context for calls into the code of others: what that raises becomes a `SourceError` without secrets of `url`.

    Every SDK behind a file system has exceptions of its own that derive from Exception alone, and no list of them can
    be complete. What a package defined is about the source; TypeError and its like are mistakes in a program and pass.
    """

    def __init__(self, name: str, *, url: str = "", retryable: bool = True) -> None:
        self._name = name
        self._url = url
        self._retryable = retryable

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, Ocr2Error) and self._is_about_the_source(error):
            # The original's message and arguments can hold the whole URL, so it is not shown as the cause.
            raise self._mapped(error) from (None if self._url else error)

    @staticmethod
    def _is_about_the_source(error: Exception) -> bool:
        return isinstance(error, (OSError, *_ABOUT_CONTENT)) or type(error).__module__ != "builtins"

    def _mapped(self, error: Exception) -> SourceError:
        if isinstance(error, OSError) and error.errno is not None:
            return not_read(self._name, error)
        if isinstance(error, FileNotFoundError):
            return SourceNotFound(f"{self._name} cannot be found")
        reason = without_secrets(f"{type(error).__name__}: {error}", self._url)
        is_final = isinstance(error, PermissionError)
        return unreadable(f"{self._name} cannot be read ({reason})", retryable=self._retryable and not is_final)


def not_read(name: str, error: OSError) -> SourceError:
    """The error for a file that the system does not give out."""
    reason = error.strerror or type(error).__name__
    if error.errno in _NOT_FOUND:
        return SourceNotFound(f"{name} cannot be found ({reason})")
    if error.errno == errno.ELOOP:
        return SourceNotRegular(f"{name} is a loop of symbolic links")
    if error.errno == errno.EISDIR:
        return SourceNotRegular(f"{name} is a directory, not a file")
    return unreadable(f"{name} cannot be read ({printable(reason)})", retryable=error.errno not in _FOR_GOOD)


def unreadable(message: str, *, retryable: bool, hint: str | None = None) -> SourceUnreadable:
    """The error, with what is known about the worth of another try."""
    error = SourceUnreadable(message, hint=hint)
    error.retryable = retryable
    return error


def too_large(name: str, max_bytes: int) -> SourceTooLarge:
    return SourceTooLarge(f"{name} is larger than the limit of {max_bytes:,} bytes", hint="raise max_bytes to read it")
