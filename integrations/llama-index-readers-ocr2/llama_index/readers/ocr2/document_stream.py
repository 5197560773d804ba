"""Documents on their way, to be iterated over as they come or awaited as a whole."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import Any

from llama_index.core.schema import Document

from ocr2_loaders.streaming import iterated_in_thread


class DocumentStream:
    """What `Ocr2Reader.alazy_load_data` returns.

    `async for document in stream` takes the documents one by one, as soon as each is there. `await stream` waits for
    all and gives a list, as LlamaIndex's own `alazy_load_data` promises. Neither blocks the event loop, and each of
    them starts anew.
    """

    def __init__(self, load: Callable[[], Iterator[Document]]) -> None:
        self._load = load

    def __aiter__(self) -> AsyncIterator[Document]:
        return iterated_in_thread(self._load)

    def __await__(self) -> Generator[Any, Any, list[Document]]:
        return self._all().__await__()

    async def _all(self) -> list[Document]:
        return [document async for document in self]
