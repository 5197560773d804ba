"""The replay engine: plays recorded transcripts, by page picture or by order. Users test with it too."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Self

from pydantic import TypeAdapter

from model_runtime.contract import EngineIdentity, FinishReason, PageRequest, Tell, Transcript
from model_runtime.engines.options import EngineOptions
from model_runtime.errors import EngineUnavailable, MissingTranscript
from model_runtime.home_path import home_path

SUFFIXES = (".mmd", ".md", ".txt")
"""The files that a folder of transcripts may hold, one page each."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One recorded transcript. With `pixels_sha256` it belongs to that page picture, else to its place in line."""

    text: str
    finish_reason: FinishReason = FinishReason.STOP
    pixels_sha256: str | None = None
    logprobs: tuple[float, ...] | None = None
    token_ends: tuple[int, ...] | None = None


_RECORDING = TypeAdapter(Recording)


def recording_from_json(line: str) -> Recording:
    """One line of a recording file, an object with the fields of `Recording`, all but `text` optional.

    Raises: ValueError when the line is no such object.
    """
    return _RECORDING.validate_json(line)


def recording_as_json(recording: Recording) -> str:
    return _RECORDING.dump_json(recording, exclude_none=True).decode()


class ReplayEngine(AbstractContextManager["ReplayEngine"]):
    """An `Engine` that answers from recordings.

    A page whose picture was recorded gets that transcript; any other page takes the next recording in line that names
    no picture, in the order in which the reads begin, and fails with `MissingTranscript` when the line is empty.
    """

    reads_text_layer = False
    reads_again = False
    capacity = 4

    def __init__(self, recordings: Iterable[Recording], *, name: str = "recordings") -> None:
        recordings = tuple(recordings)
        self.identity = EngineIdentity("replay", "1", name, is_repeatable=False)
        self._by_picture = {each.pixels_sha256: each for each in recordings if each.pixels_sha256}
        self._in_line = iter([each for each in recordings if not each.pixels_sha256])
        self._drawing = Lock()

    @classmethod
    def from_options(cls, options: EngineOptions) -> Self:
        """Raises: EngineUnavailable when the options name no transcripts, or none that can be read."""
        if options.transcripts is None:
            raise EngineUnavailable(
                "engine 'replay' needs transcripts to play", hint="give transcripts, a folder or a file of JSON lines"
            )
        return cls.from_path(options.transcripts)

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> Self:
        """Transcripts in the order of the pages."""
        return cls(Recording(text) for text in texts)

    @classmethod
    def from_path(cls, path: Path) -> Self:
        """A folder, one transcript a file in the order of names, or a file, one recording in JSON a line.

        In a folder, a file named by 64 hexadecimal digits belongs to the page picture of that SHA-256.
        Raises: EngineUnavailable when nothing is there or it cannot be read.
        """
        path = home_path(path)
        try:
            return cls(_from_folder(path) if path.is_dir() else _from_file(path), name=path.name)
        except (OSError, ValueError) as error:
            raise EngineUnavailable(
                f"the replay engine cannot read transcripts from {path}: {error}",
                hint=f"give a folder of {', '.join(SUFFIXES)} files or a file of JSON lines",
            ) from error

    async def read(self, request: PageRequest, tell: Tell | None = None) -> Transcript:
        """Tells the text in one piece."""
        transcript = self._answer(request)
        if tell is not None and transcript.text:
            tell(transcript.text)
        return transcript

    def close(self) -> None:
        """Nothing is held."""

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, request: PageRequest) -> Transcript:
        recording = self._by_picture.get(request.pixels_sha256()) if self._by_picture else None
        if recording is None:
            with self._drawing:
                recording = next(self._in_line, None)
        if recording is None:
            reason = MissingTranscript(
                "the replay engine has no transcript for this page",
                page_number=request.page_index + 1,
                hint="record one, or give as many transcripts as there are pages",
            )
            return Transcript.failed(request.page_index, reason)
        return Transcript(
            request.page_index,
            recording.text,
            recording.finish_reason,
            logprobs=recording.logprobs,
            token_ends=recording.token_ends,
        )


def _from_folder(folder: Path) -> list[Recording]:
    files = sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)
    if not files:
        raise ValueError("the folder holds no transcript")
    return [Recording(file.read_text("utf-8"), pixels_sha256=_digest_in(file.stem)) for file in files]


def _from_file(file: Path) -> list[Recording]:
    lines = file.read_text("utf-8").splitlines()
    return [recording_from_json(line) for line in lines if line.strip()]


def _digest_in(stem: str) -> str | None:
    return stem if len(stem) == 64 and set(stem) <= set("0123456789abcdef") else None
