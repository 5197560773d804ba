import copy
import inspect
import pickle
from collections.abc import Callable

import pytest

from model_runtime import errors as engine_errors
from model_runtime.errors import EngineTimeout, Ocr2Error
from ocr2_loaders import errors as loader_errors

ALL = sorted(
    {
        kind
        for module in (engine_errors, loader_errors)
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Ocr2Error)
    },
    key=lambda kind: kind.__name__,
)


def pickled(error: Ocr2Error) -> Ocr2Error:
    return pickle.loads(pickle.dumps(error))


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("duplicate", [copy.copy, pickled])
def test_every_error_survives_copying_with_all_it_says(
    kind: type[Ocr2Error], duplicate: Callable[[Ocr2Error], Ocr2Error]
) -> None:
    error = kind("it broke", source="a.pdf", page_number=3, hint="mend it")
    twin = duplicate(error)
    assert type(twin) is kind
    assert str(twin) == "it broke; mend it"
    assert (twin.source, twin.page_number, twin.hint) == ("a.pdf", 3, "mend it")


@pytest.mark.parametrize("kind", ALL)
def test_every_error_has_a_stage_and_is_drawn_in_the_tree(kind: type[Ocr2Error]) -> None:
    drawings = (engine_errors.__doc__ or "") + (loader_errors.__doc__ or "")
    assert kind.__name__ in drawings
    assert kind is Ocr2Error or kind.stage != "unknown"


def test_only_what_may_pass_by_itself_is_retryable() -> None:
    assert {kind.__name__ for kind in ALL if kind.retryable} == {
        "EmptyTranscript",
        "EngineOverloaded",
        "EngineTimeout",
        "SourceTimeout",
        "SourceUnreadable",
    }


def test_an_error_without_a_hint_is_its_message() -> None:
    assert str(EngineTimeout("page 3 took longer than 60 s")) == "page 3 took longer than 60 s"
