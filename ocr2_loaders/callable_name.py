"""What to call a callable that a user handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def callable_name(function: Callable[..., Any]) -> str:
    """Its own `name` if it has one, else where it is defined: "module:function"."""
    name = getattr(function, "name", None)
    if isinstance(name, str) and name:
        return name
    definition = function if hasattr(function, "__qualname__") else type(function)
    return f"{definition.__module__}:{definition.__qualname__}"
