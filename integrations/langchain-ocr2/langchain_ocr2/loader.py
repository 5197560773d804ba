"""The loader: PDFs and images in, LangChain documents out."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from typing import TYPE_CHECKING

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from model_runtime.contract import Runtime
from model_runtime.engines.registry import AUTO
from ocr2_loaders import load
from ocr2_loaders.export.flat_document import DocumentMode, FlatDocument, flat_documents
from ocr2_loaders.settings import LoadSettings
from ocr2_loaders.sources import SourceInputs
from ocr2_loaders.streaming import iterated_in_thread

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_DEFAULTS = LoadSettings()


class Ocr2Loader(BaseLoader):
    """Load PDFs and images as documents, one a page or one a block, with ids that follow from the file's bytes.

    A page that failed is a document with empty content, `page_status` "failed" and the reason in `error`; so is a file
    that cannot be read at all.

    Setup:
        `pip install langchain-ocr2[embedded]` installs an engine that needs neither a GPU nor a download.

        ```bash
        pip install -U "langchain-ocr2[embedded]"
        ```

    Instantiate:
        ```python
        from langchain_ocr2 import Ocr2Loader

        loader = Ocr2Loader("report.pdf", mode="block")
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
    """

    def __init__(
        self,
        file_path: SourceInputs,
        *,
        mode: DocumentMode = "page",
        engine: str | Runtime = AUTO,
        settings: LoadSettings = _DEFAULTS,
        fs: AbstractFileSystem | None = None,
    ) -> None:
        """Nothing is read before the documents are asked for.

        Args:
            file_path: A path, a folder, a glob, a URL, bytes, a file object, or several of them.
            mode: "page" for one document a page, in Markdown; "block" for one a block, in plain text.
            engine: An engine's name, or a runtime that stays open and belongs to the caller.
            settings: How files are fetched, rendered and transcribed.
            fs: The file system that paths are on; the local one, or what a URL names, by default.
        """
        self.file_path = file_path
        self.mode = mode
        self.engine = engine
        self.settings = settings
        self.fs = fs

    def lazy_load(self) -> Iterator[Document]:
        """The documents as soon as each is there, in the order of files, pages and blocks.

        Raises: EngineUnavailable when the engine cannot run at all.
        """
        pages = load(self.file_path, settings=self.settings, engine=self.engine, fs=self.fs)
        for flat in flat_documents(pages, self.mode):
            yield _document(flat)

    def alazy_load(self) -> AsyncGenerator[Document, None]:
        """What `lazy_load` yields, without blocking the event loop; closing it early stops the work."""
        return iterated_in_thread(self.lazy_load)


def _document(flat: FlatDocument) -> Document:
    return Document(id=flat.id, page_content=flat.text, metadata=dict(flat.metadata))
