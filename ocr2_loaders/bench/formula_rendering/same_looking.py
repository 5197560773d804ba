"""LaTeX tokens that look the same on the page."""

from __future__ import annotations

_SAME = {
    "\\cdot": ".",
    "\\mid": "|",
    "\\to": "\\rightarrow",
    "\\top": "T",
    "\\Tilde": "\\tilde",
    "\\cdots": "\\dots",
    "\\prime": "'",
    "\\ast": "*",
    "\\left<": "\\langle",
    "\\right>": "\\rangle",
}
_BARS = {"\\lVert": "\\|", "\\rVert": "\\|", "\\Vert": "\\|", "\\lvert": "|", "\\rvert": "|", "\\vert": "|"}


def same_looking(token: str) -> str:
    """One spelling for tokens that differ in size, side or name only."""
    token = _SAME.get(token, token)
    if token.startswith(("\\left", "\\right")):
        token = token.replace("\\left", "").replace("\\right", "")
    if token.startswith(("\\big", "\\Big")):
        token = "\\" + token[4:].split("\\")[-1] if "\\" in token[4:] else token[-1]
    if token in {"\\leq", "\\geq"}:
        return token[:-1]
    if token in _BARS:
        return _BARS[token]
    for ending in ("rightarrow", "leftarrow"):
        if token.endswith(ending):
            return f"\\{ending}"
    if token.startswith("\\wide"):
        return token.replace("wide", "")
    return token.replace("\\var", "") if token.startswith("\\var") else token
