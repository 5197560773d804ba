"""The options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from model_runtime.engines.registry import AUTO, ENGINES, EngineOptions
from model_runtime.home_path import home_path
from ocr2_loaders.settings import (
    CacheSettings,
    LoadSettings,
    PageFilterName,
    RecoverySettings,
    RecoveryWay,
    RenderSettings,
    SourceSettings,
    TranscriptionSettings,
)

Inputs = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE|DIR|URL|-...", help="PDFs, images, folders, globs, URLs, or - for stdin.", show_default=False
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        "-e",
        envvar="OCR2_ENGINE",
        help=f"What reads the pages: {', '.join((AUTO, *ENGINES))}.",
        metavar="NAME",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        envvar="OCR2_MODEL",
        metavar="DIR|ID",
        help="The model for engines that run it: a folder, or an id on the model hub (fetched if need be).",
    ),
]
Revision = Annotated[
    str | None,
    typer.Option(envvar="OCR2_REVISION", metavar="COMMIT", help="The commit, tag or branch of a model from the hub."),
]
Endpoint = Annotated[
    str | None,
    typer.Option(
        envvar="OCR2_ENDPOINT_BASE_URLS",
        metavar="URL[,URL]",
        help="OpenAI-compatible servers of one model for the endpoint engine; the key goes into OCR2_ENDPOINT_API_KEY.",
    ),
]
Transcripts = Annotated[
    Path | None,
    typer.Option(
        parser=home_path,
        metavar="PATH",
        help="What the replay engine plays: a folder of transcripts or a file of JSON lines.",
    ),
]
Pages = Annotated[
    str | None, typer.Option(metavar="RANGES", help="For example 1,3,5-8,-1: from 1, negative from the end.")
]
Dpi = Annotated[int, typer.Option(envvar="OCR2_DPI", help="Resolution at which PDF pages are rendered.")]
Password = Annotated[
    str | None, typer.Option(envvar="OCR2_PASSWORD", help="Opens encrypted PDFs; better given in OCR2_PASSWORD.")
]
MaxPages = Annotated[int | None, typer.Option(metavar="N", help="Read at most N pages of each document.")]
AllowPrivateAddresses = Annotated[
    bool, typer.Option("--allow-private-addresses", help="Let URLs reach private and loopback addresses.")
]


Cache = Annotated[
    Path,
    typer.Option(
        "--cache",
        envvar="OCR2_CACHE",
        parser=home_path,
        metavar="DIR",
        help="Where pages are kept once they are read, so that no page is read twice and a broken run goes on.",
    ),
]
CACHE_FOLDER = CacheSettings().folder
NoCache = Annotated[
    bool, typer.Option("--no-cache", envvar="OCR2_NO_CACHE", help="Keep no pages, and use none that were kept.")
]
Filters = Annotated[
    str | None,
    typer.Option(
        "--filter",
        metavar="LIST",
        help=f"What is done to each page before it is read: one or more of {', '.join(PageFilterName)}, in this order.",
    ),
]
_WAYS = {way.replace(" ", "-"): way for way in RecoveryWay}
Recovery = Annotated[
    str | None,
    typer.Option(
        "--recovery",
        envvar="OCR2_RECOVERY",
        metavar="off|LIST",
        help="How a page that was not read well is read again, in this order: "
        f"{', '.join(_WAYS)}; all of them unless said otherwise.",
    ),
]
MaxTokens = Annotated[
    int | None,
    typer.Option("--max-tokens", metavar="N", help="Longest transcript of a page, for engines that run the model."),
]


def engine_options(
    *,
    model: str | None,
    revision: str | None,
    endpoint: str | None,
    transcripts: Path | None,
    max_tokens: int | None = None,
) -> EngineOptions:
    """Raises: typer.BadParameter for a number of tokens that no transcript can have."""
    if max_tokens is not None and max_tokens < 1:
        raise typer.BadParameter("--max-tokens: a transcript has at least one token")
    base_urls = tuple(endpoint.split(",")) if endpoint else ()
    return EngineOptions(
        model=model, revision=revision, base_urls=base_urls, transcripts=transcripts, max_tokens=max_tokens
    )


def load_settings(
    *,
    pages: str | None,
    dpi: int,
    password: str | None,
    max_pages: int | None,
    cache: Path | None,
    filters: str | None = None,
    recovery: str | None = None,
    source: SourceSettings = SourceSettings(),  # noqa: B008 - frozen
) -> LoadSettings:
    """Raises: typer.BadParameter naming the option whose value cannot be."""
    try:
        render = RenderSettings(
            pages=pages, dpi=dpi, max_pages=max_pages, password=SecretStr(password) if password else None
        )
    except ValidationError as error:
        raise typer.BadParameter(_in_words(error)) from error
    return LoadSettings(
        source=source,
        render=render,
        cache=CacheSettings(folder=cache) if cache else None,
        page_filters=_page_filters(filters),
        transcription=TranscriptionSettings(recovery=_recovery(recovery)),
    )


def chosen(names: str, known: Iterable[str], *, option: str, noun: str) -> list[str]:
    """The names in a list with commas. Raises: typer.BadParameter naming what there is."""
    known = [*known]
    wanted = [name.strip() for name in names.split(",")]
    if unknown := [name for name in wanted if name not in known]:
        raise typer.BadParameter(f"{option}: there is no {noun} {unknown[0]!r}; choose from {', '.join(known)}")
    return wanted


def _recovery(names: str | None) -> RecoverySettings:
    if names is None:
        return RecoverySettings()
    if names.strip() == "off":
        return RecoverySettings(ways=())
    wanted = chosen(names, _WAYS, option="--recovery off|LIST", noun="way")
    return RecoverySettings(ways=tuple(_WAYS[name] for name in dict.fromkeys(wanted)))


def _page_filters(names: str | None) -> tuple[PageFilterName, ...]:
    wanted = chosen(names, PageFilterName, option="--filter", noun="filter") if names else []
    return tuple(map(PageFilterName, wanted))


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"--{'-'.join(str(part) for part in each['loc']).replace('_', '-')}: {each['msg']}" for each in error.errors()
    )
