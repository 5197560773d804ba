"""A runtime that records what another one writes, for the replay engine to play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from model_runtime.contract import EngineIdentity, PageRequest, Runtime, Transcript
from model_runtime.engines.replay import Recording, recording_as_json


class RecordingRuntime(AbstractContextManager["RecordingRuntime"]):
    """Passes every page on to `runtime` and appends each good transcript to `file`, one JSON object a line.

    What is recorded is the first reading of each page: it does not let pages be read again.
    """

    reads_again = False

    def __init__(self, runtime: Runtime, file: Path) -> None:
        self._runtime = runtime
        self._file = file

    @property
    def identity(self) -> EngineIdentity:
        return self._runtime.identity

    @property
    def reads_text_layer(self) -> bool:
        return self._runtime.reads_text_layer

    def transcribe(self, requests: Iterable[PageRequest]) -> Iterator[Transcript]:
        digests: list[str] = []
        with self._file.open("a", encoding="utf-8") as lines:
            for transcript in self._runtime.transcribe(_noting(requests, digests)):
                digest = digests.pop(0)
                if transcript.error is None:
                    recording = Recording(
                        transcript.text, transcript.finish_reason, digest, transcript.logprobs, transcript.token_ends
                    )
                    lines.write(recording_as_json(recording) + "\n")
                    lines.flush()
                yield transcript

    def close(self) -> None:
        self._runtime.close()

    def __exit__(self, *_: object) -> None:
        self.close()


def _noting(requests: Iterable[PageRequest], digests: list[str]) -> Iterator[PageRequest]:
    for request in requests:
        digests.append(request.pixels_sha256())
        yield request
