"""URLs as they may be shown, stored and logged: without user names, passwords and tokens."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from ocr2_loaders.printable import printable

_HIDDEN = "***"
_SECRET_KEY = re.compile(
    r"auth|cred|code$|jwt|key|pass|pwd|secret|session|\bsig|^s[epv]$|signature|ticket|token", re.IGNORECASE
)
_LOOKS_RANDOM = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w\-.~+/=%]{20,}")
_HAS_HOST = frozenset({"http", "https", "ftp", "sftp", "ssh", "smb"})
_AT_IS_NO_USER = frozenset({"abfs", "abfss", "az", "git", "github"})
"""Schemes that write a container or a branch around the @."""


class _Link(NamedTuple):
    """One link of a URL, as it is written."""

    scheme: str
    authority: str
    path: str
    query: str

    @property
    def user_information(self) -> str:
        user_information = self.authority.rpartition("@")[0]
        is_user = self.scheme in _HAS_HOST or (":" in user_information and self.scheme not in _AT_IS_NO_USER)
        return user_information if is_user else ""


def public_url(url: str) -> str:
    """The URL without user information, and with the values of its token-like parameters hidden.

    Each link of a chain ("zip://a.pdf::https://…") is treated by itself.
    """
    shown = "::".join(_public_link(link) for link in _links(url))
    return printable(shown, max_chars=len(shown))


def url_name(url: str) -> str:
    """The last segment of the path, printable and percent-decoded where the scheme encodes; else the host."""
    links = [_parsed(link) for link in _links(url) if "://" in link]
    if not links or not _is_sound(url):
        return "<url>"
    link = links[0]
    segments = [link.authority.rpartition("@")[2], *link.path.split("/")]
    name = next((segment for segment in reversed(segments) if segment), "<url>")
    return printable(unquote(name, errors="surrogateescape") if link.scheme in _HAS_HOST else name)


def without_secrets(text: str, url: str) -> str:
    """A message about the URL, from a library that knows no discretion."""
    for secret in sorted(_secrets(url), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return printable(text)


def _links(url: str) -> list[str]:
    """The links of a chain. One with a host is the last: two colons behind it belong to it, in a password perhaps."""
    links = url.split("::")
    wrappers = list(takewhile(lambda link: link.partition("://")[0].lower() not in _HAS_HOST, links))
    behind = "::".join(links[len(wrappers) :])
    return [*wrappers, behind] if behind else wrappers


def _parsed(link: str) -> _Link:
    scheme, _, rest = link.partition("://")
    if scheme.lower() in _HAS_HOST:
        rest = rest.partition("#")[0]
    before_query, _, query = rest.partition("?")
    authority, slash, path = before_query.partition("/")
    return _Link(scheme.lower(), authority, slash + path, query)


def _is_sound(text: str) -> bool:
    """Whether the parts can be told from each other: a password with a slash or an @ in it looks like other parts."""
    link = _parsed(text)
    if link.scheme not in _HAS_HOST:
        return True
    try:
        has_host = bool(urlsplit(text).hostname) and urlsplit(text).port != 0
    except ValueError:
        return False
    return has_host and not ("@" in link.authority and "@" in text.partition(link.authority)[2])


def _public_link(text: str) -> str:
    if "://" not in text:
        return text
    link = _parsed(text)
    if not _is_sound(text):
        return f"{link.scheme}://…"
    authority = link.authority.removeprefix(f"{link.user_information}@") if link.user_information else link.authority
    query = f"?{_public_query(link.query)}" if link.query else ""
    return f"{link.scheme}://{authority}{link.path}{query}"


def _public_query(query: str) -> str:
    return "&".join(
        f"{key}{equals}{_HIDDEN if is_secret else value}" for key, equals, value, is_secret in _fields(query)
    )


def _fields(query: str) -> list[tuple[str, str, str, bool]]:
    fields = []
    for field in query.split("&"):
        key, equals, value = field.partition("=")
        if not equals:
            key, value = "", field
        is_secret = bool(value) and bool(_SECRET_KEY.search(unquote(key)) or _LOOKS_RANDOM.fullmatch(value))
        fields.append((key, equals, value, is_secret))
    return fields


def _secrets(url: str) -> set[str]:
    secrets = {url} if not _is_sound(url) else set()
    for text in _links(url):
        link = _parsed(text)
        secrets |= {link.user_information, link.user_information.partition(":")[2]}
        secrets |= {value for _, _, value, is_secret in _fields(link.query) if is_secret}
    return {form for secret in secrets if secret for form in (secret, unquote(secret))}
