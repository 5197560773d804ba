"""Which servers the endpoint engine talks to, and how much it asks of them."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from model_runtime.errors import EngineUnavailable

ENVIRONMENT_PREFIX = "OCR2_ENDPOINT_"


class Dialect(StrEnum):
    """What a server understands beyond the plain OpenAI protocol."""

    AUTO = "auto"
    """Told by who the server says owns its models."""
    VLLM = "vllm"
    """vLLM's own parameters are sent along."""
    SGLANG = "sglang"
    """As vLLM, without the repetition guard."""
    PLAIN = "plain"
    """Nothing beyond the OpenAI protocol is sent."""


class EndpointSettings(BaseModel):
    """Built by the caller, or from the environment with `from_env`. The key shows in no message and no repr."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    base_urls: tuple[str, ...] = ()
    """Several servers of one model share the pages; work moves to those that live. No engine opens without any."""
    api_key: SecretStr | None = None
    """Sent to every server as a bearer token; None is for servers that ask for none."""
    model: str | None = None
    """None takes the one model that the server names."""
    dialect: Dialect = Dialect.AUTO
    """What the servers understand beyond the plain protocol."""
    max_in_flight: int = Field(default=32, ge=1, le=1024)
    """Pages at one server at a time; fewer while it answers that it has too many."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Longest transcript; None leaves it to the server: what its context has left."""
    logprobs: bool = False
    """Ask for the probability of every token. Answers get about ten times as long."""
    request_timeout_s: float = Field(default=300.0, gt=0)
    """For one answer as a whole, its last byte included."""
    page_timeout_s: float = Field(default=1800.0, gt=0)
    """For one page, all tries and the waiting between them included."""
    max_tries: int = Field(default=16, ge=1)
    """For one page. Where 42 of 100 requests fail, 16 tries lose less than one page in 1,000,000."""
    spare_retries: int = Field(default=1000, ge=0)
    """Retries of a whole run, beyond `retries_per_page` for each page that went well."""
    retries_per_page: float = Field(default=2.0, ge=0)
    """What each page that went well adds to the `spare_retries`."""
    patience_s: float = Field(default=120.0, gt=0)
    """The run ends when every server has failed for so long without one good answer."""
    connect_patience_s: float = Field(default=5.0, ge=0)
    """The same for servers that have never answered."""
    max_retry_after_s: float = Field(default=120.0, ge=0)
    """A server that asks for a longer pause counts as gone."""
    ngram_size: int = Field(default=20, ge=0)
    """The repetition guard of servers that have one: no n-gram twice within the window. 0 switches it off."""
    ngram_window: int = Field(default=90, ge=1)
    """How many of the last tokens that guard looks at."""

    @field_validator("base_urls")
    @classmethod
    def _checked_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_checked(url) for url in urls)

    @classmethod
    def from_env(cls, **chosen: object) -> Self:
        """From `OCR2_ENDPOINT_BASE_URLS` (separated by commas), `…_API_KEY`, `…_MODEL` and the other fields' names.

        What is `chosen` here goes before the environment; a choice of None does not count.
        Raises: EngineUnavailable naming each value that cannot be.
        """
        values: dict[str, object] = {}
        for name in cls.model_fields:
            text = os.environ.get(ENVIRONMENT_PREFIX + name.upper())
            if text:
                values[name] = text.split(",") if name == "base_urls" else text
        values |= {name: value for name, value in chosen.items() if value is not None}
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            problems = "; ".join(
                f"{_asked_by(str(each['loc'][0]), chosen)}: {each['msg'].removeprefix('Value error, ')}"
                for each in error.errors()
            )
            raise EngineUnavailable("the endpoint's settings are wrong", hint=problems) from None


def _asked_by(name: str, chosen: dict[str, object]) -> str:
    """What a caller knows a setting by: its name where it was chosen, else its variable."""
    return name if chosen.get(name) is not None else ENVIRONMENT_PREFIX + name.upper()


def _checked(url: str) -> str:
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole:
        raise ValueError("an endpoint is an http or https URL such as http://localhost:8000/v1")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("an endpoint's URL holds no user, password or query; the key goes into api_key")
    return url
