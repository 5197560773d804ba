"""Where the Unstructured API is and how it should read."""

from __future__ import annotations

import os
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from model_runtime.errors import EngineUnavailable

_PREFIX = "OCR2_UNSTRUCTURED_"


class UnstructuredSettings(BaseModel):
    """Built by the caller, or from `OCR2_UNSTRUCTURED_SERVER_URL`, `…_API_KEY` and the other fields' names."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    server_url: str | None = Field(default=None, pattern=r"^https?://[^@?#]+$")
    """No engine opens without one: pages go nowhere that nobody named."""
    api_key: SecretStr | None = None
    """None is for servers that ask for none."""
    strategy: str = "hi_res"
    """How the API partitions a page, in its own words."""
    pages_in_flight: int = Field(default=4, ge=1, le=256)
    """Pages at the server at a time."""
    timeout_s: float = Field(default=300.0, gt=0)
    """For one try."""
    retry_for_s: float = Field(default=120.0, ge=0)
    """How long the client tries a page again while the server is overloaded or gone."""

    @classmethod
    def from_env(cls) -> Self:
        """Raises: EngineUnavailable naming each value that cannot be."""
        found = {name: os.environ.get(_PREFIX + name.upper()) for name in cls.model_fields}
        try:
            return cls.model_validate({name: value for name, value in found.items() if value})
        except ValidationError as error:
            problems = "; ".join(f"{_PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
            raise EngineUnavailable("the settings of the Unstructured API are wrong", hint=problems) from None
