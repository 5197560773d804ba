"""The options that several commands share, and the settings they make."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr, ValidationError

from model_runtime.engines.registry import AUTO, ENGINES, EngineOptions
from ocr2_loaders.settings import LoadSettings, RenderSettings, SourceSettings

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
Transcripts = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="What the replay engine plays: a folder of transcripts or a file of JSON lines."),
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


def engine_options(*, model: str | None, revision: str | None, transcripts: Path | None) -> EngineOptions:
    return EngineOptions(model=model, revision=revision, transcripts=transcripts)


def load_settings(
    *, pages: str | None, dpi: int, password: str | None, max_pages: int | None, allow_private_addresses: bool = False
) -> LoadSettings:
    """Raises: typer.BadParameter naming the option whose value cannot be."""
    try:
        render = RenderSettings(
            pages=pages, dpi=dpi, max_pages=max_pages, password=SecretStr(password) if password else None
        )
    except ValidationError as error:
        raise typer.BadParameter(_in_words(error)) from error
    return LoadSettings(source=SourceSettings(allow_private_addresses=allow_private_addresses), render=render)


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"--{'-'.join(str(part) for part in each['loc']).replace('_', '-')}: {each['msg']}" for each in error.errors()
    )
