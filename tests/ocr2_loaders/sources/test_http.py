import contextlib
import gzip
import logging
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpcore
import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.errors import (
    Ocr2Error,
    SourceNotFound,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreadable,
    UnsupportedFormat,
    UrlRefused,
)
from ocr2_loaders.settings import SourceSettings
from ocr2_loaders.sources import FailedSource, Source, opened_sources
from ocr2_loaders.sources.address_policy import AddressPolicy
from ocr2_loaders.sources.http import _http_errors, _parsed, opened_url, url_candidate
from tests.support.http_server import LoopbackServer, body, dripping, endless, redirect, status

PDF = b"%PDF-1.7\nbody"
DEFAULT = SourceSettings()
SMALL = SourceSettings(allow_private_addresses=True, max_bytes=3 << 20)
ANY_ADDRESS = SourceSettings(allow_private_addresses=True)
DOCUMENTS = {"/a.pdf": body(PDF), "/docs/My%20report.pdf": body(PDF)}


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with LoopbackServer(dict(DOCUMENTS)) as running:
        yield running


def only(*servers: LoopbackServer) -> AddressPolicy:
    """Allows the test's own servers and nothing else that is not public."""
    return AddressPolicy(exceptions=frozenset(("127.0.0.1", server.port) for server in servers))


def fetched(url: str, settings: SourceSettings = DEFAULT, **guards: object) -> bytes:
    source = opened_url(url, url_candidate(url), settings, **guards)
    return source.path.read_bytes()


def one(url: str, settings: SourceSettings = DEFAULT) -> Source | FailedSource:
    (result,) = opened_sources(url, settings)
    return result


def failure(url: str, settings: SourceSettings = DEFAULT) -> Ocr2Error:
    result = one(url, settings)
    assert isinstance(result, FailedSource)
    return result.error


class TestAllowedFetch:
    def test_a_url_becomes_a_source_with_its_content_and_decoded_name(self, server: LoopbackServer) -> None:
        (source,) = opened_sources(server.url("/docs/My%20report.pdf"), ANY_ADDRESS)
        assert isinstance(source, Source)
        assert (source.name, source.uri) == ("My report.pdf", server.url("/docs/My%20report.pdf"))
        assert source.path.read_bytes() == PDF

    def test_a_relative_redirect_is_followed(self) -> None:
        with LoopbackServer({"/old/x": redirect("../a.pdf"), **DOCUMENTS}) as server:
            assert fetched(server.url("/old/x"), policy=only(server)) == PDF
            assert server.paths == ["/old/x", "/a.pdf"]

    def test_a_body_that_was_compressed_unasked_is_decoded(self) -> None:
        with LoopbackServer({"/a.pdf": body(gzip.compress(PDF), Content_Encoding="gzip")}) as server:
            assert fetched(server.url("/a.pdf"), policy=only(server)) == PDF

    def test_identity_is_asked_for(self, server: LoopbackServer) -> None:
        fetched(server.url("/a.pdf"), policy=only(server))
        assert server.requests[0][1]["Accept-Encoding"] == "identity"

    def test_proxies_of_the_environment_are_not_used(
        self, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with LoopbackServer({}) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy.url(""))
            monkeypatch.setenv("ALL_PROXY", proxy.url(""))
            assert fetched(server.url("/a.pdf"), policy=only(server)) == PDF
            assert proxy.requests == []


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_any_text_behind_http_is_a_url_or_refused(text: str) -> None:
    candidate = url_candidate(f"http://{text}")
    assert f"{candidate.name}{candidate.uri}".isprintable()
    with contextlib.suppress(UrlRefused):
        assert _parsed(f"http://{text}").raw_host


class TestRefusedAddresses:
    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0.0.0.0", "[::ffff:127.0.0.1]"],  # noqa: S104
    )
    def test_spellings_of_this_machine_are_refused_without_a_connection(
        self, host: str, server: LoopbackServer
    ) -> None:
        assert isinstance(failure(server.url("/a.pdf", host)), UrlRefused)
        assert server.requests == []

    @pytest.mark.parametrize(
        "host",
        [
            "0177.0.0.1",
            "[::1]",
            "[::]",
            "169.254.169.254",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "168.63.129.16",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[ff02::1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
        ],
    )
    def test_addresses_that_are_not_public_are_refused(self, host: str) -> None:
        error = failure(f"http://{host}/latest/meta-data")
        assert isinstance(error, UrlRefused)
        assert not error.retryable

    @pytest.mark.parametrize(
        "url", ["ftp://host/a.pdf", "gopher://host/a.pdf", "file://host/etc/passwd", "http:///a", "http://.host/"]
    )
    def test_other_schemes_and_missing_hosts_are_refused(self, url: str) -> None:
        assert isinstance(failure(url), UrlRefused)

    @pytest.mark.parametrize(
        "location",
        [
            "http://127.0.0.1:{other}/a.pdf",
            "http://localhost:{other}/a.pdf",
            "http://2130706433:{other}/a.pdf",
            "//[::ffff:127.0.0.1]:{other}/a.pdf",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]:{other}/a.pdf",
            "file:///etc/passwd",
            "ftp://127.0.0.1:{other}/a.pdf",
            "gopher://127.0.0.1:{other}/_x",
        ],
    )
    def test_a_redirect_to_them_is_refused_although_the_first_hop_is_allowed(self, location: str) -> None:
        with LoopbackServer(DOCUMENTS) as other:
            start = redirect(location.format(other=other.port))
            with LoopbackServer({"/start": start}) as server, pytest.raises(UrlRefused):
                fetched(server.url("/start"), policy=only(server))
            assert other.requests == []


class TestNamesThatLie:
    def test_the_address_that_was_checked_is_the_one_connected_to(self, server: LoopbackServer) -> None:
        answers = iter([["127.0.0.1"], ["169.254.169.254"]])
        url = server.url("/a.pdf", "docs.example")
        assert fetched(url, policy=only(server), resolve=lambda _host, _port: next(answers)) == PDF
        assert next(answers) == ["169.254.169.254"]
        assert server.requests[0][1]["Host"] == f"docs.example:{server.port}"

    def test_a_name_is_checked_again_on_the_next_hop(self) -> None:
        answers = iter([["127.0.0.1"], ["169.254.169.254"]])
        with LoopbackServer({"/start": redirect("/a.pdf"), **DOCUMENTS}) as server:
            url = server.url("/start", "docs.example")
            with pytest.raises(UrlRefused, match=r"docs\.example, which is 169\.254\.169\.254,"):
                fetched(url, policy=only(server), resolve=lambda _host, _port: next(answers))

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self) -> None:
        with pytest.raises(UrlRefused):
            fetched("http://docs.example/", resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])

    def test_the_next_address_is_tried_when_the_first_refuses(self, server: LoopbackServer) -> None:
        policy = AddressPolicy(allow_private=True)
        url = server.url("/a.pdf", "docs.example")
        assert fetched(url, policy=policy, resolve=lambda _host, _port: ["127.0.0.2", "127.0.0.1"]) == PDF

    def test_a_name_that_is_not_known_is_unreadable(self) -> None:
        def resolve(_host: str, _port: int) -> list[str]:
            raise OSError("no such name")

        with pytest.raises(SourceUnreadable, match=r"host docs\.example cannot be found"):
            fetched("http://docs.example/", resolve=resolve)

    def test_a_name_server_that_never_answers_ends_at_the_deadline(self, server: LoopbackServer) -> None:
        def resolve(_host: str, _port: int) -> list[str]:
            server.closing.wait()
            return []

        with pytest.raises(SourceTimeout):
            fetched("http://docs.example/", SourceSettings(timeout_s=0.1), resolve=resolve)


class TestTls:
    @pytest.fixture
    def authority(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(tmp_path / "authority.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        return authority

    def test_the_certificate_is_checked_against_the_name_and_not_the_address(self, authority: trustme.CA) -> None:
        with LoopbackServer(DOCUMENTS, tls_for(authority, "docs.example")) as server:
            url = server.url("/a.pdf", "docs.example")
            assert fetched(url, policy=only(server), resolve=lambda _host, _port: ["127.0.0.1"]) == PDF
            url = server.url("/a.pdf", "other.example")
            with pytest.raises(SourceUnreadable, match="certificate"):
                fetched(url, policy=only(server), resolve=lambda _host, _port: ["127.0.0.1"])

    def test_a_redirect_from_https_to_http_is_refused(self, authority: trustme.CA, server: LoopbackServer) -> None:
        start = {"/start": redirect(server.url("/a.pdf"))}
        with LoopbackServer(start, tls_for(authority, "127.0.0.1")) as secure:
            with pytest.raises(UrlRefused, match="from https to http"):
                fetched(secure.url("/start"), policy=only(server, secure))
            assert server.requests == []


def tls_for(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


class TestLimits:
    def test_a_body_without_end_is_cut_at_the_size_limit(self) -> None:
        with LoopbackServer({"/a.pdf": endless(PDF, bytes(1 << 20))}) as server:
            assert isinstance(failure(server.url("/a.pdf"), SMALL), SourceTooLarge)

    def test_a_length_over_the_limit_is_refused_before_the_body(self) -> None:
        def announced(handler, _closing) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", str(10 << 30))
            handler.end_headers()

        with LoopbackServer({"/a.pdf": announced}) as server:
            assert isinstance(failure(server.url("/a.pdf"), SMALL), SourceTooLarge)

    def test_decoded_bytes_count(self) -> None:
        bomb = gzip.compress(PDF + bytes(8 << 20))
        assert len(bomb) < 1 << 20
        with LoopbackServer({"/a.pdf": body(bomb, Content_Encoding="gzip")}) as server:
            assert isinstance(failure(server.url("/a.pdf"), SMALL), SourceTooLarge)

    @pytest.mark.parametrize("encoding", ["gzip, gzip", "zstd", "br"])
    def test_an_encoding_without_a_bound_is_not_decoded(self, encoding: str) -> None:
        with LoopbackServer({"/a.pdf": body(PDF, Content_Encoding=encoding)}) as server:
            error = failure(server.url("/a.pdf"), ANY_ADDRESS)
        assert isinstance(error, SourceUnreadable)
        assert encoding in str(error)

    @pytest.mark.parametrize(
        "start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n%PDF-1.7"]
    )
    def test_a_server_that_sends_byte_by_byte_is_cut_at_the_deadline(self, start: bytes) -> None:
        with LoopbackServer({"/a.pdf": dripping(start, every_s=0.01)}) as server:
            settings = SourceSettings(allow_private_addresses=True, timeout_s=0.8)
            error = failure(server.url("/a.pdf"), settings)
        assert isinstance(error, SourceTimeout)
        assert error.retryable

    def test_redirects_in_a_circle_end(self) -> None:
        with LoopbackServer({"/a": redirect("/b"), "/b": redirect("/a")}) as server:
            assert "more than 5 redirects" in str(failure(server.url("/a"), ANY_ADDRESS))
            assert len(server.requests) == 6

    def test_no_more_is_fetched_of_what_is_no_document(self) -> None:
        with LoopbackServer({"/a.pdf": endless(b"<!DOCTYPE html>", b" " * 65536)}) as server:
            error = failure(server.url("/a.pdf"), ANY_ADDRESS)
        assert isinstance(error, UnsupportedFormat)
        assert "an HTML page, perhaps a login or error page" in str(error)


class TestAnswersOfServers:
    @pytest.mark.parametrize("code", [404, 410])
    def test_what_is_gone_is_not_found(self, code: int) -> None:
        with LoopbackServer({"/a.pdf": status(code)}) as server:
            assert isinstance(failure(server.url("/a.pdf"), ANY_ADDRESS), SourceNotFound)

    @pytest.mark.parametrize(
        ("code", "retryable"),
        [(400, False), (401, False), (403, False), (408, True), (429, True), (500, True), (503, True)],
    )
    def test_other_errors_say_the_status_and_whether_to_try_again(self, code: int, retryable: bool) -> None:
        with LoopbackServer({"/a.pdf": status(code)}) as server:
            error = failure(server.url("/a.pdf"), ANY_ADDRESS)
        assert isinstance(error, SourceUnreadable)
        assert str(code) in str(error)
        assert error.retryable is retryable

    def test_a_body_that_breaks_off_is_an_error_and_no_short_document(self) -> None:
        def broken(handler, _closing) -> None:
            handler.send_response(200)
            handler.send_header("Content-Length", "5000")
            handler.end_headers()
            handler.wfile.write(PDF)

        with LoopbackServer({"/a.pdf": broken}) as server:
            error = failure(server.url("/a.pdf"), ANY_ADDRESS)
        assert isinstance(error, SourceUnreadable)
        assert error.retryable

    def test_an_answer_that_is_no_http_is_an_error(self) -> None:
        with LoopbackServer(
            {"/a.pdf": lambda handler, _closing: handler.wfile.write(b"\x00\x01 nonsense\r\n")}
        ) as server:
            assert isinstance(failure(server.url("/a.pdf"), ANY_ADDRESS), SourceUnreadable)

    def test_nobody_listening_is_an_error(self, server: LoopbackServer) -> None:
        with LoopbackServer({}) as closed:
            url = closed.url("/a.pdf")
        assert isinstance(failure(url, ANY_ADDRESS), SourceUnreadable)

    @pytest.mark.parametrize(
        "kind",
        [
            kind
            for kind in (getattr(httpcore, name) for name in httpcore.__all__)
            if isinstance(kind, type) and issubclass(kind, Exception)
        ],
    )
    def test_every_error_of_the_http_library_becomes_one_of_ours(self, kind: type[Exception]) -> None:
        with pytest.raises(Ocr2Error, match=r"a\.pdf"), _http_errors("a.pdf"):
            raise kind("reason")


class TestSecrets:
    def test_a_password_goes_to_its_server_and_nowhere_else(
        self, server: LoopbackServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        url = server.url("/a.pdf?token=t0psecret").replace("://", "://me:passw%C3%B6rd@")
        result = one(url, ANY_ADDRESS)
        assert server.requests[0][0] == "/a.pdf?token=t0psecret"
        assert server.requests[0][1]["Authorization"] == "Basic bWU6cGFzc3fDtnJk"
        for shown in (repr(result), caplog.text):
            assert "passw" not in shown
            assert "t0psecret" not in shown

    def test_a_redirect_to_another_origin_carries_no_password(self, server: LoopbackServer) -> None:
        with LoopbackServer({"/start": redirect(server.url("/a.pdf"))}) as first:
            one(first.url("/start").replace("://", "://me:secret@"), ANY_ADDRESS)
        assert "Authorization" in first.requests[0][1]
        assert "Authorization" not in server.requests[0][1]

    @pytest.mark.parametrize("url", ["http://me:half/of@host/a.pdf", "http://me:s3cr3t@127.0.0.1:1/a.pdf?sig=s3cr3t"])
    def test_errors_show_none(self, url: str) -> None:
        result = one(url)
        assert isinstance(result, FailedSource)
        shown = f"{result!r} {result.error} {result.error.source} {result.error.__cause__}"
        assert "half" not in shown
        assert "s3cr3t" not in shown
