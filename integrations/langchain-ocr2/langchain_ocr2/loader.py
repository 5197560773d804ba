"""The loader: PDFs and images in, LangChain documents out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document
from pydantic import SecretStr

from langchain_ocr2.parser import PAGES_DELIMITER, Ocr2BlobParser
from model_runtime.engines.registry import AUTO, open_engine
from ocr2_loaders.settings import ChunkSettings, DocumentMode, LoadSettings
from ocr2_loaders.streaming import iterated_in_thread

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from langchain_ocr2.parser import DocumentInputs
    from model_runtime.contract import Engine

_DEFAULTS = LoadSettings()
_CHUNKS = ChunkSettings()


class Ocr2Loader(BaseLoader):
    """Load PDFs and images as documents, one a file, a page, a block or a chunk, with ids that follow from the bytes.

    A page that failed is a document with `page_status` "failed" and the reason in `error`; so is a file that cannot be
    read at all.

    Setup:
        The README of langchain-ocr2 says how to install it. Its extra `embedded` brings an engine that needs neither a
        GPU nor a download.

    Instantiate:
        ```python
        from langchain_ocr2 import Ocr2Loader

        loader = Ocr2Loader("report.pdf", mode="chunk")
        ```

    Lazy load:
        ```python
        for document in loader.lazy_load():
            print(document.page_content[:40], document.metadata["page_number"], document.metadata["category"])
        ```

    Async load:
        ```python
        documents = await loader.aload()
        documents[0].metadata
        ```

        ```python
        {
            "source": "report.pdf",
            "file_name": "report.pdf",
            "total_pages": 3,
            "page": 0,
            "page_number": 1,
            "page_label": "1",
            "category": "NarrativeText",
            "element_id": "4c1f3bd4-6cf2-5b0e-9a3e-2f7c6a9d1e55",
            "heading_path": "2 Method > 2.1 Data",
            ...
        }
        ```
    """

    def __init__(  # noqa: PLR0913 - LangChain's loaders take each option by its name
        self,
        file_path: DocumentInputs,
        *,
        mode: DocumentMode = "page",
        engine: str | Engine = AUTO,
        settings: LoadSettings = _DEFAULTS,
        password: str | SecretStr | None = None,
        pages_delimiter: str = PAGES_DELIMITER,
        chunks: ChunkSettings = _CHUNKS,
        count_tokens: Callable[[str], int] | None = None,
        fs: AbstractFileSystem | None = None,
    ) -> None:
        """Nothing is read before the documents are asked for.

        Args:
            file_path: A path, a folder, a glob, a URL, bytes, a file object, a blob, several of them, or a blob loader.
            mode: "single" for one document a file and "page" for one a page, both in Markdown; "block" for one a block
                and "chunk" for one a chunk, in plain text.
            engine: An engine's name, or an engine that stays open and belongs to the caller.
            settings: How files are fetched, rendered and transcribed, and whether pages are kept.
            password: Opens PDFs that need one, in place of the one in `settings`.
            pages_delimiter: What stands between two pages in "single" mode.
            chunks: What becomes a chunk, and how long it may be.
            count_tokens: How the embedding model counts; a cautious estimate by default.
            fs: The file system that paths are on; the local one, or what a URL names, by default.

        Raises: ValueError for a mode that there is not.
        """
        self.file_path = file_path
        self.fs = fs
        self.parser = Ocr2BlobParser(
            mode=mode,
            engine=engine,
            settings=settings,
            password=password,
            pages_delimiter=pages_delimiter,
            chunks=chunks,
            count_tokens=count_tokens,
        )

    def lazy_load(self) -> Iterator[Document]:
        """The documents as soon as each is there, in the order of files, pages and blocks.

        An engine that was named is open as long as this lasts. Raises: EngineUnavailable when it cannot run at all.
        """
        engine = self.parser.engine
        with ExitStack() as stack:
            opened = stack.enter_context(open_engine(engine)) if isinstance(engine, str) else engine
            yield from self.parser.documents(self.file_path, opened, self.fs)

    def alazy_load(self) -> AsyncGenerator[Document, None]:
        """What `lazy_load` yields, without blocking the event loop; closing it early stops the work."""
        return iterated_in_thread(self.lazy_load)
