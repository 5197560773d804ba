"""One thing of a foreign package that ours touches, and how to tell that it is still what it was. Free of vLLM."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.abc import InspectLoader
from importlib.util import find_spec
from types import CodeType
from typing import cast


@dataclass(frozen=True, slots=True)
class Used:
    """Something that we call, build or read: it is there, takes these keywords and has these attributes."""

    path: str
    """`package.module:Name.of.it`."""
    keywords: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

    def faults(self) -> Iterator[str]:
        """One clause for each thing that is not as it was."""
        try:
            found = _found(self.path)
        except (ImportError, AttributeError) as error:
            yield f"there is no {self.path} ({error})"
            return
        if self.keywords:
            taken = _parameters(found)
            yield from (f"{self.path} takes no {name}" for name in self.keywords if name not in taken)
        yield from (f"{self.path} has no {name}" for name in self.attributes if not hasattr(found, name))


@dataclass(frozen=True, slots=True)
class Hook:
    """A method whose place ours takes: it is there, takes what ours takes, and something calls it."""

    owner: str
    """The class, as `package.module:Class`."""
    name: str
    parameters: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    """Modules of which one must call it; where none is named, the module that defines the class. They are read and not
    imported."""

    def faults(self) -> Iterator[str]:
        """One clause for each thing that is not as it was."""
        try:
            owner = cast("type", _found(self.owner))
            method = getattr(owner, self.name)
        except (ImportError, AttributeError) as error:
            yield f"there is no {self.owner}.{self.name} ({error})"
            return
        taken = tuple(name for name in _parameters(method) if name not in {"self", "cls"})
        if taken != self.parameters:
            yield f"{self.owner}.{self.name} takes ({', '.join(taken)}) and not ({', '.join(self.parameters)})"
        callers = self.callers or (owner.__module__,)
        if not any(self._calls(code, owner) for module in callers for code in _functions(_code(module))):
            yield f"{self.owner}.{self.name} is called by nothing in {', '.join(callers)}"

    def _calls(self, code: CodeType, owner: type) -> bool:
        """Without callers named, only the class's own methods count, and the method itself never does."""
        where = code.co_qualname
        is_asked = bool(self.callers) or where.startswith(f"{owner.__name__}.")
        return is_asked and self.name in code.co_names and where != f"{owner.__name__}.{self.name}"


Touched = Used | Hook


def _found(path: str) -> object:
    module, _, names = path.partition(":")
    found: object = import_module(module)
    for name in names.split(".") if names else ():
        found = getattr(found, name)
    return found


def _parameters(function: object) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters) if callable(function) else ()


def _code(module: str) -> CodeType | None:
    """The code of a module, which is not run."""
    try:
        spec = find_spec(module)
    except ImportError:
        return None
    return spec.loader.get_code(module) if spec and isinstance(spec.loader, InspectLoader) else None


def _functions(code: CodeType | None) -> Iterator[CodeType]:
    """The code of all functions within, at any depth; bodies of modules and classes only hold definitions."""
    for inner in code.co_consts if code else ():
        if isinstance(inner, CodeType):
            if inner.co_flags & inspect.CO_OPTIMIZED:
                yield inner
            yield from _functions(inner)
