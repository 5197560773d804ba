"""What a server says of itself before it is given work."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from model_runtime.engines.endpoint.diagnosis import one_line
from model_runtime.engines.endpoint.fault import Fault, FaultKind
from model_runtime.engines.endpoint.settings import Dialect, EndpointSettings


class _Card(BaseModel):
    id: str
    owned_by: str | None = None
    max_model_len: int | None = None


class _ModelList(BaseModel):
    data: list[_Card]


@dataclass(frozen=True, slots=True)
class Introduction:
    """The model to ask a server for and the dialect it understands."""

    model: str
    dialect: Dialect
    max_model_len: int | None = None
    """Tokens of prompt and answer together, where the server says it."""


_OWNERS = {"vllm": Dialect.VLLM, "sglang": Dialect.SGLANG}


def introduction_from(body: bytes, url: str, settings: EndpointSettings) -> Introduction:
    """From the body of the server's list of models. Raises: Fault when it has not the model, or is no such list."""
    try:
        cards = _ModelList.model_validate_json(body).data
    except ValidationError:
        raise Fault(
            FaultKind.REFUSED_RUN,
            f"{url} is no OpenAI-compatible endpoint: it answered {one_line(body[:60].decode('utf-8', 'replace'))!r}",
            hint="check the port, and that the URL ends in /v1",
        ) from None
    return _of(_chosen(cards, url, settings.model), settings)


def unintroduced(model: str, settings: EndpointSettings) -> Introduction:
    """For a server that lists no models."""
    return _of(_Card(id=model), settings)


def _of(card: _Card, settings: EndpointSettings) -> Introduction:
    told = _OWNERS.get(card.owned_by or "", Dialect.PLAIN)
    dialect = told if settings.dialect is Dialect.AUTO else settings.dialect
    return Introduction(card.id, dialect, card.max_model_len)


def _chosen(cards: list[_Card], url: str, model: str | None) -> _Card:
    """Servers that list not all they serve get the benefit of the doubt; vLLM and SGLang list all."""
    named = ", ".join(one_line(card.id) for card in cards) or "none"
    if model is None:
        if len(cards) == 1:
            return cards[0]
        raise Fault(FaultKind.REFUSED_RUN, f"the server at {url} serves these models: {named}", hint="choose one")
    for card in cards:
        if card.id == model:
            return card
    if any(card.owned_by in _OWNERS for card in cards):
        raise Fault(FaultKind.REFUSED_RUN, f"the server at {url} serves {named}, not {model}", hint="name that model")
    return _Card(id=model)
