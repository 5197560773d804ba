"""The parser: blobs in, LangChain documents out. What reads pages is imported with the first blob."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias, cast, get_args

from langchain_core.document_loaders import BaseBlobParser, BlobLoader
from langchain_core.documents import Document
from langchain_core.documents.base import Blob
from pydantic import SecretStr

from model_runtime.engines.kept_engine import KeptEngine
from model_runtime.engines.registry import AUTO
from ocr2_loaders.settings import ChunkSettings, DocumentMode, LoadSettings

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from model_runtime.contract import Engine
    from ocr2_loaders.export.flat_document import FlatDocument
    from ocr2_loaders.sources import SourceInput, SourceInputs

    DocumentInputs: TypeAlias = SourceInputs | Blob | BlobLoader | Iterable[Blob | SourceInput]
    """Paths, folders, globs, URLs, bytes, file objects and blobs, or what gives blobs."""

PAGES_DELIMITER = "\n\n"
"""A blank line, so that Markdown reads on; LangChain's PDF parsers have a form feed, which would spoil a heading."""

_DEFAULTS = LoadSettings()
_CHUNKS = ChunkSettings()


class Ocr2BlobParser(BaseBlobParser, AbstractContextManager["Ocr2BlobParser"]):
    """Parse blobs of PDFs and images into documents, for use with any loader that hands out blobs.

    The engine starts with the first blob and serves all later ones until `close`, or the end of a `with` block. A
    blob's metadata goes into each of its documents as it is, and wins over keys of the same name. A page that failed is
    a document with `page_status` "failed" and the reason in `error`; so is a blob that cannot be read at all.

    Setup:
        The README of langchain-ocr2 says how to install it, with an engine.

    Instantiate:
        ```python
        from langchain_ocr2 import Ocr2BlobParser

        parser = Ocr2BlobParser(mode="chunk")
        ```

    Lazy parse:
        ```python
        from langchain_core.documents.base import Blob

        for document in parser.lazy_parse(Blob.from_path("report.pdf", metadata={"tenant": "acme"})):
            print(document.page_content[:40], document.metadata["page_number"], document.metadata["tenant"])
        ```
    """

    def __init__(  # noqa: PLR0913 - LangChain's parsers take each option by its name
        self,
        *,
        mode: DocumentMode = "page",
        engine: str | Engine = AUTO,
        settings: LoadSettings = _DEFAULTS,
        password: str | SecretStr | None = None,
        pages_delimiter: str = PAGES_DELIMITER,
        chunks: ChunkSettings = _CHUNKS,
        count_tokens: Callable[[str], int] | None = None,
    ) -> None:
        """Nothing is started before the first blob.

        Args:
            mode: "single" for one document a file and "page" for one a page, both in Markdown; "block" for one a block
                and "chunk" for one a chunk, in plain text.
            engine: An engine's name, or an engine that stays open and belongs to the caller.
            settings: How files are fetched, rendered and transcribed, and whether pages are kept.
            password: Opens PDFs that need one, in place of the one in `settings`.
            pages_delimiter: What stands between two pages in "single" mode.
            chunks: What becomes a chunk, and how long it may be.
            count_tokens: How the embedding model counts; a cautious estimate by default.

        Raises: ValueError for a mode that there is not.
        """
        if mode not in get_args(DocumentMode):
            raise ValueError(f"mode {mode!r} is not one of {', '.join(map(repr, get_args(DocumentMode)))}")
        self.mode: DocumentMode = mode
        self.settings = settings if password is None else _with_password(settings, password)
        self.pages_delimiter = pages_delimiter
        self.chunks = chunks
        self.count_tokens = count_tokens
        self._kept = KeptEngine(engine)

    @property
    def engine(self) -> str | Engine:
        return self._kept.chosen

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        """The documents of one blob as soon as each is there.

        Raises: EngineUnavailable when the engine cannot run at all.
        """
        return self.documents(blob, self._kept.engine())

    def documents(
        self, inputs: DocumentInputs, engine: Engine, fs: AbstractFileSystem | None = None
    ) -> Iterator[Document]:
        """The documents of inputs and blobs in their order, read by an engine that stays open; `fs` is for paths."""
        for are_blobs, group in groupby(_each(inputs), _is_blob):
            if are_blobs:
                for blob in cast("Iterator[Blob]", group):
                    yield from (_as_of(blob, document) for document in self._read(_content(blob), engine, None))
            else:
                yield from self._read(cast("Iterator[SourceInput]", group), engine, fs)

    def close(self) -> None:
        """Closes the engine that was started here; the next blob starts it again."""
        self._kept.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, inputs: SourceInputs, engine: Engine, fs: AbstractFileSystem | None) -> Iterator[Document]:
        from ocr2_loaders import load
        from ocr2_loaders.export.flat_document import flat_documents
        from ocr2_loaders.export.placed_chunk import Chunking

        pages = load(inputs, settings=self.settings, engine=engine, fs=fs)
        chunking = Chunking(self.chunks, self.count_tokens)
        flat = flat_documents(pages, self.mode, chunking=chunking, pages_delimiter=self.pages_delimiter)
        return map(_document, flat)


def _document(flat: FlatDocument) -> Document:
    """With all that is to be embedded in its content, since stores embed nothing else: of chunks, the headings too."""
    from ocr2_loaders.chunks import embedded_text

    content = embedded_text(flat.chunk) if flat.chunk else flat.text
    return Document(id=flat.id, page_content=content, metadata=dict(flat.metadata))


def _with_password(settings: LoadSettings, password: str | SecretStr) -> LoadSettings:
    secret = password if isinstance(password, SecretStr) else SecretStr(password)
    return settings.model_copy(update={"render": settings.render.model_copy(update={"password": secret})})


def _each(inputs: DocumentInputs) -> Iterator[Blob | SourceInput]:
    """Everything that was handed over, one thing at a time."""
    if isinstance(inputs, BlobLoader):
        yield from inputs.yield_blobs()
    elif isinstance(inputs, Blob | str | bytes | bytearray | memoryview) or not isinstance(inputs, Iterable):
        yield cast("Blob | SourceInput", inputs)
    elif hasattr(inputs, "read"):  # an open file, too, can be iterated over
        yield cast("SourceInput", inputs)
    else:
        yield from inputs


def _is_blob(each: object) -> bool:
    return isinstance(each, Blob)


def _content(blob: Blob) -> SourceInput:
    """What a blob refers to is left where it is: files are opened, URLs fetched, as far as the settings allow."""
    if blob.data is not None or blob.path is None:
        return blob.as_bytes()
    return blob.path if "://" in str(blob.path) else Path(blob.path)


def _as_of(blob: Blob, document: Document) -> Document:
    document.metadata.update(_whereabouts(blob) | blob.metadata)
    return document


def _whereabouts(blob: Blob) -> dict[str, Any]:
    """Where content in memory came from, as far as its blob says."""
    if blob.data is None or blob.path is None:
        return {}
    return {"source": str(blob.path), "file_name": PurePosixPath(blob.path).name}
