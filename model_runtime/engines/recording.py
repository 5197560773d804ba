"""An engine that records what another one writes, for the replay engine to play."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock

from model_runtime.contract import Engine, EngineIdentity, PageRequest, Tell, Transcript
from model_runtime.engines.replay import Recording, recording_as_json


class RecordingEngine(AbstractContextManager["RecordingEngine"]):
    """Passes every page on to `engine` and appends each good transcript to `file` when it ends, one JSON object a line.

    What is recorded is the first reading of each page: it does not let pages be read again.
    """

    reads_again = False

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine = engine
        self._file = file
        self._appending = Lock()

    @property
    def identity(self) -> EngineIdentity:
        return self._engine.identity

    @property
    def reads_text_layer(self) -> bool:
        return self._engine.reads_text_layer

    @property
    def capacity(self) -> int:
        return self._engine.capacity

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        digest = request.pixels_sha256()
        reading = self._engine.read(request, tell)
        del request  # the pixels are the engine's to let go of
        transcript = await reading
        if transcript.error is None:
            self._append(digest, transcript)
        return transcript

    def close(self) -> None:
        self._engine.close()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _append(self, digest: str, transcript: Transcript) -> None:
        recording = Recording(
            transcript.text, transcript.finish_reason, digest, transcript.logprobs, transcript.token_ends
        )
        with self._appending, self._file.open("a", encoding="utf-8") as lines:
            lines.write(recording_as_json(recording) + "\n")
