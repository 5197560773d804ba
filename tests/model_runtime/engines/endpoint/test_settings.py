import pytest
from pydantic import SecretStr, ValidationError

from model_runtime.engines.endpoint import Dialect, EndpointSettings
from model_runtime.errors import EngineUnavailable

CANARY = "canary-7f3a"


def test_the_environment_fills_every_field_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR2_ENDPOINT_BASE_URLS", "http://a:1/v1, https://b/v1/")
    monkeypatch.setenv("OCR2_ENDPOINT_API_KEY", CANARY)
    monkeypatch.setenv("OCR2_ENDPOINT_MAX_IN_FLIGHT", "7")
    monkeypatch.setenv("OCR2_ENDPOINT_DIALECT", "sglang")
    settings = EndpointSettings.from_env(model="chosen")
    assert settings.base_urls == ("http://a:1/v1", "https://b/v1")
    assert settings.api_key == SecretStr(CANARY)
    assert (settings.max_in_flight, settings.dialect, settings.model) == (7, Dialect.SGLANG, "chosen")


def test_a_choice_goes_before_the_environment_and_none_is_no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR2_ENDPOINT_MODEL", "from-environment")
    assert EndpointSettings.from_env(model="chosen").model == "chosen"
    assert EndpointSettings.from_env(model=None).model == "from-environment"


def test_a_value_that_cannot_be_is_named_without_being_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCR2_ENDPOINT_MAX_TRIES", CANARY)
    with pytest.raises(EngineUnavailable, match="OCR2_ENDPOINT_MAX_TRIES: Input should be a valid integer") as caught:
        EndpointSettings.from_env()
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ftp://a/v1", "http://", "http://a:0/v1", "http://[::1", "http://a:99999/"]
)
def test_what_is_no_http_url_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="http or https URL"):
        EndpointSettings(base_urls=(url,))


@pytest.mark.parametrize("url", [f"http://user:{CANARY}@a/v1", f"http://a/v1?key={CANARY}", f"http://a/v1#{CANARY}"])
def test_secrets_have_no_place_in_a_url_and_are_not_repeated(url: str) -> None:
    with pytest.raises(ValidationError, match="the key goes into api_key") as caught:
        EndpointSettings(base_urls=(url,))
    assert CANARY not in str(caught.value)


def test_the_key_shows_in_no_repr() -> None:
    settings = EndpointSettings(api_key=SecretStr(CANARY))
    assert CANARY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
