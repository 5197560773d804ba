"""Small frozen settings, one per stage, checked when they are built."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_serializer
from pydantic.json_schema import SkipJsonSchema

from model_runtime.home_path import home_path
from ocr2_loaders.callable_name import callable_name

_MIB = 1 << 20


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_resolved(folder: Path) -> Path:
    return home_path(folder).resolve()


class SourceSettings(_Settings):
    """How sources are fetched, and what is too much."""

    max_bytes: int = Field(default=2048 * _MIB, gt=0)
    """Largest source that is read, from wherever it comes."""
    timeout_s: float = Field(default=120.0, gt=0)
    """For one remote source as a whole, redirects and body included."""
    max_redirects: int = Field(default=5, ge=0)
    """For http(s); each one is checked as the first address was."""
    allow_private_addresses: bool = False
    """Whether http(s) may reach private, loopback, link-local and other non-public addresses."""
    left_out: tuple[Annotated[Path, AfterValidator(_as_resolved)], ...] = ()
    """Folders of this machine that are not looked into where a folder above them or a glob was named; what an
    application writes its results to is one."""


class RenderSettings(_Settings):
    """How pages become pixels, and what bounds one page."""

    dpi: int = Field(default=144, ge=18, le=1200)
    """Resolution at which PDF pages are rendered; image files keep their pixels."""
    max_side_px: int = Field(default=4096, ge=64)
    """Longer sides are rendered at a lower dpi; the page image records the effective one."""
    max_pixels: int = Field(default=178_956_970, gt=0)
    """Largest image file that is decoded at all."""
    pages: str | None = None
    """For example "1,3,5-8,-1": 1-based, negative from the end, in document order; None for all."""
    max_pages: int | None = Field(default=None, gt=0)
    """How many of the selected pages of one source are read; None for all."""
    password: SecretStr | None = None
    """Opens encrypted PDFs; tried only where a file does not open without it."""
    num_workers: int | None = Field(default=None, ge=1)
    """Render processes; None for one per core, at most four."""
    open_timeout_s: float = Field(default=30.0, gt=0)
    """For opening one document; after it the render process is killed."""
    page_timeout_s: float = Field(default=30.0, gt=0)
    """For rendering one page; after it the render process is killed and the page fails."""
    worker_memory_bytes: int = Field(default=2048 * _MIB, ge=256 * _MIB)
    """Address space of one worker process, where the system can limit it."""
    recycle_after_pages: int = Field(default=1000, ge=1)
    """A worker process is replaced after so many pages."""


class PageFilterName(StrEnum):
    """The page filters that come with the package, as settings and the command line name them."""

    AUTO_ROTATE = "auto-rotate"
    """Turns pages that lie on a side or upside down."""
    DESKEW = "deskew"
    """Turns pages that are a few degrees askew."""
    DESPECKLE = "despeckle"
    """Takes specks off scanned paper."""


class RecoveryWay(StrEnum):
    """The ways in which a page can be read again, the mildest first."""

    TIGHT_GUARD = "tight guard"
    """By the same engine, with a stricter guard against repetition."""
    OTHER_PROMPT = "other prompt"
    """By the same engine, asked for plain text instead of grounded Markdown, or the other way round."""
    FEWER_CROPS = "fewer crops"
    """By the same engine, the model shown fewer enlarged parts of the page."""
    HALVES = "halves"
    """By the same engine, the upper and the lower half one after the other."""
    TEXT_LAYER = "text layer"
    """Not read at all: the PDF's own text, where it can be trusted."""
    EMBEDDED = "embedded"
    """By the embedded engine, where it is installed."""


class RecoverySettings(_Settings):
    """What is done about a page that was not read well: no end, a loop, nothing at all, words missing."""

    ways: tuple[RecoveryWay, ...] = tuple(RecoveryWay)
    """Taken in this order until one gives a good page; without any, a page stays as it is, and its status says how."""
    max_missing_words: float | None = Field(default=0.5, ge=0, le=1)
    """The share of the words in a PDF page's text layer, outside figures, that a good transcript may lack, unless it is
    about as long as that: then the text layer may be the one that is wrong. None compares nothing."""


class TranscriptionSettings(_Settings):
    """How page images are handed to the engine, and how far to go when it does not read them well."""

    free_ocr: bool = False
    """Ask for plain text without boxes instead of grounded Markdown."""
    recovery: RecoverySettings = RecoverySettings()
    """What is done about pages that were not read well."""
    page_timeout_s: float | None = Field(default=1800.0, gt=0)
    """For all readings of one page together, from when the engine takes it; what was read until then counts. None
    leaves it to the engine."""


DocumentMode = Literal["single", "page", "block", "chunk"]
"""Whether a file becomes one document for a framework, or one for each of its pages, its blocks or its chunks."""


class ChunkPolicy(StrEnum):
    """What becomes one chunk."""

    BLOCK = "block"
    """Every block by itself."""
    PAGE = "page"
    """Everything on one page."""
    SECTION = "section"
    """Everything under one heading."""
    BUDGET = "token_budget"
    """As many neighbouring blocks of a section as fit, larger ones cut."""


class ChunkSettings(_Settings):
    """How documents are cut into what is embedded. The default suits retrieval with common embedding models."""

    policy: ChunkPolicy = ChunkPolicy.BUDGET
    """What becomes one chunk."""
    max_tokens: int = Field(default=512, ge=16)
    """For `BUDGET`: of everything that is embedded, heading path and the framework's metadata included."""


class CacheSettings(_Settings):
    """Where pages are kept, so that no page is read twice. Several processes may share one folder."""

    folder: Annotated[Path, AfterValidator(home_path)] = Field(
        default=Path("~/.cache/ocr2-loaders"), validate_default=True
    )
    """Only its owner can read it; it must not lie on a network share."""
    max_bytes: int = Field(default=1024 * _MIB, gt=0)
    """Of all pages together; those that were not asked for the longest make room."""


class LoadSettings(_Settings):
    """The settings of all stages, as `ocr2_loaders.load` takes them."""

    source: SourceSettings = SourceSettings()
    """How sources are fetched."""
    render: RenderSettings = RenderSettings()
    """How pages become pixels."""
    transcription: TranscriptionSettings = TranscriptionSettings()
    """How pages are read, and read again."""
    look_ahead: int | None = Field(default=None, ge=1)
    """How many pages may be read while an earlier one is not done yet; None for 32 times as many as the engine reads at
    once. What was read of them is kept in memory until it is their turn."""
    max_pixel_bytes: int = Field(default=256 * _MIB, gt=0)
    """Of pages that are drawn and that the engine has not taken yet; at least one page is drawn all the same."""
    cache: CacheSettings | None = None
    """None keeps nothing. Runs with a password keep nothing either."""
    page_filters: tuple[PageFilterName | SkipJsonSchema[Callable[[Any], Any]], ...] = ()
    """Applied in this order to each page before it is read: names of those that come with the package, or callables as
    `ocr2_loaders.filters.PageFilter` describes them."""
    block_filters: tuple[SkipJsonSchema[Callable[..., Any]], ...] = ()
    """Applied in this order to each block before it is handed out; see `ocr2_loaders.filters.BlockFilter`."""

    @field_serializer("page_filters", "block_filters", when_used="json")
    def _filters_by_name(self, filters: tuple[str | Callable[..., Any], ...]) -> list[str]:
        """JSON can say that a callable was there, and cannot bring it back."""
        return [each if isinstance(each, str) else callable_name(each) for each in filters]
