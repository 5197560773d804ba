"""The report's own markup, style and script, filled in with everything from outside escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ocr2_loaders.printable import printable
from ocr2_loaders.view.palette import COLOURS, Colour, legible_on

_HERE = "ocr2_loaders.view.report"
_FOLDER = "templates"


def rendered(template: str, **values: object) -> str:
    """The template with these values; text is escaped, whatever it holds."""
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(_HERE, _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = _style(), _own("report.js")
    environment.globals.update(style=style, script=script, policy=_policy(style, script))
    environment.filters["printable"] = printable
    return environment


def _own(name: str) -> Markup:
    """A file of ours; with the blocks' sanitised HTML the only text that is not escaped."""
    return Markup(files(_HERE).joinpath(_FOLDER, name).read_text(encoding="utf-8"))  # noqa: S704 - our own file, no content


def _style() -> Markup:
    """The style with each label's colour, as the overlay pictures have it, and the colour of words on it."""
    colours = "".join(
        f".label-{label.value} {{ --colour: {_rgb(colour)}; --on-colour: {_rgb(legible_on(colour))} }}\n"
        for label, colour in COLOURS.items()
    )
    return _own("report.css") + Markup(colours)  # noqa: S704 - made of numbers and of names of our own


def _rgb(colour: Colour) -> str:
    return f"rgb({' '.join(map(str, colour))})"


def _policy(style: str, script: str) -> str:
    """Nothing is fetched, and nothing runs or styles the page but the two texts that the policy knows."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
