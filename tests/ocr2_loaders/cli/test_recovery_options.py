"""How far a command goes to have a page read well."""

from __future__ import annotations

import pytest
import typer

from ocr2_loaders.cli.options import engine_options, load_settings
from ocr2_loaders.settings import RecoverySettings, RecoveryWay


def _ways(recovery: str | None) -> tuple[RecoveryWay, ...]:
    settings = load_settings(pages=None, dpi=144, password=None, max_pages=None, cache=None, recovery=recovery)
    return settings.transcription.recovery.ways


def test_every_way_is_taken_unless_the_option_says_otherwise() -> None:
    assert _ways(None) == RecoverySettings().ways == tuple(RecoveryWay)
    assert _ways("off") == ()
    assert _ways("halves, text-layer,halves") == (RecoveryWay.HALVES, RecoveryWay.TEXT_LAYER)


def test_a_way_that_there_is_not_is_refused_naming_those_there_are() -> None:
    with pytest.raises(typer.BadParameter, match=r"no way 'prayer'.*fewer-crops, halves"):
        _ways("halves,prayer")


def test_the_longest_transcript_reaches_the_engine() -> None:
    def options(max_tokens: int | None) -> int | None:
        chosen = engine_options(model=None, revision=None, endpoint=None, transcripts=None, max_tokens=max_tokens)
        return chosen.max_tokens

    assert (options(None), options(100)) == (None, 100)
    with pytest.raises(typer.BadParameter, match="--max-tokens"):
        options(0)
