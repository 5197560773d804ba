"""The errors of documents and outputs, below `model_runtime.errors.Ocr2Error`.

    Ocr2Error
    ├── SourceError                   a source cannot be had
    │   ├── SourceNotFound
    │   ├── SourceNotRegular          a directory, a FIFO, a device where a file was asked for
    │   ├── SourceUnreadable     (r)  permission, an I/O error, a server's answer
    │   ├── SourceTooLarge
    │   ├── SourceTimeout        (r)
    │   └── UrlRefused                scheme or address not allowed
    ├── DocumentError                 a source was had and is no document that can be read
    │   ├── UnsupportedFormat
    │   │   └── DecoderUnavailable    a package that would read it is not installed
    │   ├── DamagedDocument
    │   ├── EmptyDocument
    │   ├── PasswordNeeded
    │   ├── PasswordRejected
    │   └── UnsupportedEncryption
    ├── PageError                     one page cannot be rendered; its neighbours are good
    │   ├── PageUnreadable
    │   ├── PageTimeout
    │   ├── PageTooLarge              pixels, memory or bytes
    │   └── WorkerCrash
    ├── FilterError                   a filter cannot do its work
    │   ├── FilterUnavailable         a package that it needs is not installed
    │   └── FilterFailed              it gave up on one page; the other pages are good
    ├── SelectionError                a page selection that cannot be read or fits no page
    ├── ChunkBudgetTooSmall           what is embedded besides a chunk's text leaves no room for any
    ├── OutputError                   a result cannot be written
    └── EngineError …                 see `model_runtime.errors`

(r) marks the errors that are worth trying again as they are.
"""

from __future__ import annotations

from model_runtime.errors import (
    EmptyTranscript,
    EngineError,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    MissingTranscript,
    Ocr2Error,
    PageRejected,
)

__all__ = [
    "ChunkBudgetTooSmall",
    "DamagedDocument",
    "DecoderUnavailable",
    "DocumentError",
    "EmptyDocument",
    "EmptyTranscript",
    "EngineError",
    "EngineOverloaded",
    "EngineTimeout",
    "EngineUnavailable",
    "FilterError",
    "FilterFailed",
    "FilterUnavailable",
    "MissingTranscript",
    "Ocr2Error",
    "OutputError",
    "PageError",
    "PageRejected",
    "PageTimeout",
    "PageTooLarge",
    "PageUnreadable",
    "PasswordNeeded",
    "PasswordRejected",
    "SelectionError",
    "SourceError",
    "SourceNotFound",
    "SourceNotRegular",
    "SourceTimeout",
    "SourceTooLarge",
    "SourceUnreadable",
    "UnsupportedEncryption",
    "UnsupportedFormat",
    "UrlRefused",
    "WorkerCrash",
]


class SourceError(Ocr2Error):
    """A source cannot be had."""

    stage = "sources"


class SourceNotFound(SourceError):
    """Nothing is there."""


class SourceNotRegular(SourceError):
    """Something is there that is not a regular file: a directory, a FIFO, a device, a loop of links."""


class SourceUnreadable(SourceError):
    """Reading failed: permission, an I/O error, a server's answer."""

    retryable = True


class SourceTooLarge(SourceError):
    """More bytes than the settings allow."""


class SourceTimeout(SourceError):
    """A source took longer than the settings allow."""

    retryable = True


class UrlRefused(SourceError):
    """The URL's scheme or the address behind it is not allowed by the settings."""


class DocumentError(Ocr2Error):
    """A source was had and is no document that can be read."""

    stage = "pages"


class UnsupportedFormat(DocumentError):
    """The content is of no kind that is read here; the message names what was found."""


class DecoderUnavailable(UnsupportedFormat):
    """The content is of a kind that is read once a package is installed; the hint is the command for it."""


class DamagedDocument(DocumentError):
    """The content begins like a known kind and cannot be opened."""


class EmptyDocument(DocumentError):
    """No bytes, or no pages."""


class PasswordNeeded(DocumentError):
    """The document is encrypted and no password was given."""


class PasswordRejected(DocumentError):
    """The document did not open with the given password."""


class UnsupportedEncryption(DocumentError):
    """The document is encrypted in a way that PDFium does not know."""


class PageError(Ocr2Error):
    """One page cannot be rendered; its neighbours keep their numbers."""

    stage = "pages"


class PageUnreadable(PageError):
    """The page's objects or pixels cannot be read."""


class PageTimeout(PageError):
    """The page was not rendered before its deadline; its worker was killed."""


class PageTooLarge(PageError):
    """The page asks for more pixels or memory than the settings allow."""


class WorkerCrash(PageError):
    """The worker process ended while it rendered the page."""


class FilterError(Ocr2Error):
    """A page filter or a block filter cannot do its work."""

    stage = "filters"


class FilterUnavailable(FilterError, ImportError):
    """A package that the filter needs is not installed. Also an `ImportError`, which frameworks pass on."""


class FilterFailed(FilterError):
    """A filter gave up on one page, or returned what is no page; the other pages are good."""


class SelectionError(Ocr2Error):
    """A page selection that cannot be read, or that fits no page of the document."""

    stage = "pages"


class ChunkBudgetTooSmall(Ocr2Error):
    """What is embedded besides a chunk's text, such as a framework's metadata, leaves no room for any text."""

    stage = "chunks"


class OutputError(Ocr2Error):
    """A result cannot be written."""

    stage = "output"
