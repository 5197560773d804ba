"""http(s) URLs → temporary copies: only from allowed addresses, within a time and a size, over a few redirects."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import httpcore
import httpx

from ocr2_loaders.errors import SourceNotFound, SourceTimeout, UrlRefused
from ocr2_loaders.printable import printable
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources.address_policy import AddressPolicy
from ocr2_loaders.sources.candidate import Candidate
from ocr2_loaders.sources.deadline import Deadline
from ocr2_loaders.sources.failure import too_large, unreadable
from ocr2_loaders.sources.network import GuardedNetwork, Resolver, system_addresses
from ocr2_loaders.sources.public_url import public_url, url_name
from ocr2_loaders.sources.source import Source
from ocr2_loaders.sources.spool import Chunks, spooled

Header = tuple[bytes | str, bytes | str]

_HEADERS: tuple[Header, ...] = (
    ("Accept", "application/pdf, image/*;q=0.9, */*;q=0.5"),
    ("Accept-Encoding", "identity"),  # documents are compressed already
    ("User-Agent", "ocr2-loaders"),
)
_READ_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""At most a thousandfold of a 64 KiB read; other encodings, and one around another, know no such bound."""
_MAY_PASS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)


def url_candidate(url: str) -> Candidate:
    return Candidate(url_name(url), public_url(url), lambda candidate, settings: opened_url(url, candidate, settings))


def opened_url(
    url: str,
    candidate: Candidate,
    settings: SourceSettings,
    *,
    policy: AddressPolicy | None = None,
    resolve: Resolver = system_addresses,
) -> Source:
    """A copy of the body at the URL.

    `policy` stands for `settings.allow_private_addresses` where it is given. Proxies of the environment are not used,
    since a proxy would choose the address. Raises `UrlRefused`, `SourceNotFound`, `SourceUnreadable`, `SourceTimeout`,
    `SourceTooLarge`, `EmptyDocument` or `UnsupportedFormat`.
    """
    allowed = policy or AddressPolicy(allow_private=settings.allow_private_addresses)
    network = GuardedNetwork(allowed, Deadline(candidate.name, settings.timeout_s), resolve)
    return spooled(_body(url, network, candidate, settings), candidate, settings)


def _body(url: str, network: GuardedNetwork, candidate: Candidate, settings: SourceSettings) -> Chunks:
    with (
        _http_errors(candidate.name),
        httpcore.ConnectionPool(network_backend=network) as pool,
        _final_response(pool, _parsed(url), settings.max_redirects) as response,
    ):
        _check(response, candidate.name, settings.max_bytes)
        yield from response.iter_bytes()


@contextmanager
def _final_response(pool: httpcore.ConnectionPool, url: httpx.URL, max_redirects: int) -> Iterator[httpx.Response]:
    """The first answer that is no redirect. Each hop is a request of its own, with a checked connection of its own.

    The pool is used without a client around it, because a client logs whole URLs.
    """
    origin, hop = _origin(url), url
    for _ in range(max_redirects + 1):
        headers = [*_HEADERS, *(_authorization(url) if _origin(hop) == origin else [])]
        target = httpcore.URL(scheme=hop.raw_scheme, host=hop.raw_host, port=hop.port, target=hop.raw_path)
        with pool.stream("GET", target, headers=headers) as answer:
            response = httpx.Response(answer.status, headers=answer.headers, content=answer.iter_stream())
            if not (response.status_code in _REDIRECTS and "location" in response.headers):
                yield response
                return
        hop = _next_hop(hop, response.headers["location"])
    raise unreadable(f"more than {max_redirects} redirects", retryable=False)


def _next_hop(url: httpx.URL, location: str) -> httpx.URL:
    target = _parsed(location, base=url)
    if url.scheme == "https" and target.scheme == "http":
        raise UrlRefused(f"{public_url(str(url))} redirects from https to {public_url(str(target))}")
    return target


def _parsed(text: str, *, base: httpx.URL | None = None) -> httpx.URL:
    try:
        url = base.join(text) if base else httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        # Parts of a password can stand in the parser's message.
        raise UrlRefused(f"{public_url(text)} is not a valid URL") from None
    if url.scheme not in {"http", "https"}:
        raise UrlRefused(f"a redirect leads to {public_url(str(url))}, and only http and https are followed")
    if not url.raw_host or url.raw_host.startswith(b"."):
        raise UrlRefused(f"{public_url(text)} names no host")
    return url


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _authorization(url: httpx.URL) -> list[Header]:
    if not url.userinfo:
        return []
    return [("Authorization", b"Basic " + b64encode(f"{url.username}:{url.password}".encode()))]


def _check(response: httpx.Response, name: str, max_bytes: int) -> None:
    status = response.status_code
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        raise SourceNotFound(f"{name} is not there (the server answered {_shown(response)})")
    if not response.is_success:
        raise unreadable(
            f"{name} cannot be read (the server answered {_shown(response)})",
            retryable=status in _MAY_PASS or status >= HTTPStatus.INTERNAL_SERVER_ERROR,
        )
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _READ_ENCODINGS:
        raise unreadable(
            f"{name} comes in the encoding {printable(encoding, 40)!r}, which was not asked for", retryable=False
        )
    if int(response.headers.get("content-length", 0)) > max_bytes:
        raise too_large(name, max_bytes)


def _shown(response: httpx.Response) -> str:
    return f"{response.status_code} {response.reason_phrase}".rstrip()


@contextmanager
def _http_errors(name: str) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise SourceTimeout(f"{name} was not read in time ({_reason(error)})", hint="try again later") from error
    except (
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
        httpcore.ProxyError,
        httpcore.ConnectionNotAvailable,
        httpx.DecodingError,
    ) as error:
        raise unreadable(f"{name} cannot be read ({_reason(error)})", retryable=True) from error


def _reason(error: Exception) -> str:
    return printable(str(error)) or type(error).__name__
