"""The reader: PDFs and images in, LlamaIndex documents out."""

from __future__ import annotations

from collections.abc import Iterator
from pickle import PicklingError
from typing import TYPE_CHECKING, Annotated, Any

from llama_index.core.bridge.pydantic import BaseModel, ConfigDict, Field, PrivateAttr, WithJsonSchema, field_serializer
from llama_index.core.readers.base import BasePydanticReader
from llama_index.core.schema import Document
from llama_index.readers.ocr2.document_stream import DocumentStream

from model_runtime.contract import Engine
from model_runtime.engines.kept_engine import KeptEngine
from model_runtime.engines.registry import AUTO
from ocr2_loaders.errors import EngineUnavailable
from ocr2_loaders.settings import DocumentMode, LoadSettings

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

    from ocr2_loaders.sources import SourceInputs


class ReaderEngineUnavailable(EngineUnavailable, ImportError):
    """The engine cannot start.

    Also an `ImportError`, the one kind of error that `SimpleDirectoryReader` passes on; any other would let it skip
    every file with a printed line and return no documents at all.
    """


class Ocr2Reader(BasePydanticReader):
    """Reads PDFs and images into documents with ids that follow from the file's bytes.

    Documents of files and pages carry their blocks with them, which `Ocr2NodeParser` makes nodes of. A page that failed
    is a document with empty text, `page_status` "failed" and the reason in `error`; so is a file that cannot be read at
    all. The engine starts with the first file and serves all later ones until `close`.

    Args:
        mode: "single" and "page" for one document a file or a page, in Markdown; "block" and "chunk" for one a block or
            a chunk of the default `ChunkSettings`, in plain text.
        engine: An engine's name, or an engine that stays open and belongs to the caller.
        settings: How files are fetched, rendered and transcribed. A password in them is left out of `to_dict`.

    Examples:
        ```python
        from llama_index.core import SimpleDirectoryReader
        from llama_index.readers.ocr2 import Ocr2Reader

        documents = Ocr2Reader().load_data("report.pdf")

        reader = Ocr2Reader(mode="block")
        documents = SimpleDirectoryReader("papers", file_extractor={".pdf": reader, ".png": reader}).load_data()
        ```
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    mode: DocumentMode = Field(default="page", description="What becomes one document.")
    engine: Annotated[str | Engine, WithJsonSchema({"type": "string"})] = Field(
        default=AUTO, description="The engine's name, or an engine that is open already."
    )
    settings: LoadSettings = Field(default=LoadSettings(), description="How files are fetched, rendered, transcribed.")

    _kept: KeptEngine = PrivateAttr()

    @classmethod
    def class_name(cls) -> str:
        return "Ocr2Reader"

    def model_post_init(self, _: object, /) -> None:
        self._kept = KeptEngine(self.engine)

    def load_data(
        self,
        file_path: SourceInputs,
        extra_info: dict[str, Any] | None = None,
        fs: AbstractFileSystem | None = None,
    ) -> list[Document]:
        """All documents of a file, a folder, a glob, a URL, or several of them; see `lazy_load_data`."""
        return list(self.lazy_load_data(file_path, extra_info, fs))

    def lazy_load_data(
        self,
        file_path: SourceInputs,
        extra_info: dict[str, Any] | None = None,
        fs: AbstractFileSystem | None = None,
    ) -> Iterator[Document]:
        """The documents as soon as each is there, in the order of files, pages and blocks.

        `extra_info` goes into every document's metadata and wins over keys of the same name. With `fs`, paths are on
        that file system.

        Raises: ReaderEngineUnavailable when the engine cannot run at all.
        """
        # Imported when the first file is read: a program that only knows this class waits for no PDF library.
        from llama_index.readers.ocr2.document import document_of

        from ocr2_loaders import load
        from ocr2_loaders.export.flat_document import flat_documents

        try:
            pages = load(file_path, settings=self.settings, engine=self._kept.engine(), fs=fs)
            yield from (document_of(flat, extra_info or {}) for flat in flat_documents(pages, self.mode))
        except EngineUnavailable as error:
            raise ReaderEngineUnavailable(error.message, source=error.source, hint=error.hint) from error

    async def aload_data(
        self,
        file_path: SourceInputs,
        extra_info: dict[str, Any] | None = None,
        fs: AbstractFileSystem | None = None,
    ) -> list[Document]:
        """What `load_data` returns; cancelling stops the work at the end of the page under way."""
        return await self.alazy_load_data(file_path, extra_info, fs)

    def alazy_load_data(  # type: ignore[override]  # awaiting the stream gives what the parent's coroutine gives
        self,
        file_path: SourceInputs,
        extra_info: dict[str, Any] | None = None,
        fs: AbstractFileSystem | None = None,
    ) -> DocumentStream:
        """The documents as a stream to iterate over with `async for`, or to await as a whole."""
        return DocumentStream(lambda: self.lazy_load_data(file_path, extra_info, fs))

    def close(self) -> None:
        """Close the engine that this reader started; the next call starts it again."""
        self._kept.close()

    @field_serializer("engine")
    def _engine_by_name(self, engine: str | Engine) -> str:
        return engine if isinstance(engine, str) else engine.identity.engine

    @field_serializer("settings")
    def _settings_without_password(self, settings: LoadSettings) -> dict[str, Any]:
        return settings.model_dump(mode="json", exclude={"render": {"password"}})

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: an engine started here is started again in the other process.

        Raises: PicklingError when an engine was handed in, which cannot be started again from its name.
        """
        if not isinstance(self.engine, str):
            raise PicklingError(
                f"the engine {self.engine.identity.engine!r} handed to Ocr2Reader stays in this process; "
                "name the engine instead, or read with one worker"
            )
        return BaseModel.__getstate__(self)
