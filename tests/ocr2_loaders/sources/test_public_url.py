import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.sources.public_url import public_url, url_name, without_secrets


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/a/b.pdf?page=2", "https://host/a/b.pdf?page=2"),
        ("https://me:secret@host:8080/a.pdf#part", "https://host:8080/a.pdf"),
        ("https://host/@me/a.pdf", "https://host/@me/a.pdf"),
        ("https://host/a.pdf?X-Amz-Signature=abc&id=7", "https://host/a.pdf?X-Amz-Signature=***&id=7"),
        ("https://host/a.pdf?sv=2024&se=2030&sp=r&sig=Zm9v%3D", "https://host/a.pdf?sv=***&se=***&sp=***&sig=***"),
        ("https://host/a.pdf?access_token=abc", "https://host/a.pdf?access_token=***"),
        ("https://host/a.pdf?eyJhbGciOiJIUzI1NiJ9.e30.Zm9v", "https://host/a.pdf?***"),
        ("https://me:half/of@host/a.pdf", "https://…"),
        ("zip://in/a.pdf::sftp://me:secret@host/x.zip", "zip://in/a.pdf::sftp://host/x.zip"),
        ("s3://key:secret@bucket/a#1.pdf", "s3://bucket/a#1.pdf"),
        ("github://org:repository@main/a.pdf", "github://org:repository@main/a.pdf"),
        ("abfs://container@account.host/a.pdf", "abfs://container@account.host/a.pdf"),
        ("https://host/\u202efdp.exe\n", "https://host/\\u202efdp.exe\\n"),
    ],
)
def test_a_url_is_shown_without_what_opens_doors(url: str, shown: str) -> None:
    assert public_url(url) == shown


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://host/docs/My%20report.pdf?x=1", "My report.pdf"),
        ("https://me:secret@host", "host"),
        ("https://host/docs/", "docs"),
        ("https://host/%2e%2e%2fetc%0Apasswd", "../etc\\npasswd"),
        ("https://host/%ff.pdf", "\\xff.pdf"),
        ("zip://in/a.pdf::s3://bucket/x.zip", "a.pdf"),
        ("s3://bucket/100%25.pdf", "100%25.pdf"),
        ("https://me:half/of@host/a.pdf", "<url>"),
        ("https://me:two::@host/a.pdf", "a.pdf"),
    ],
)
def test_the_name_is_the_last_segment_made_printable(url: str, name: str) -> None:
    assert url_name(url) == name


secrets = st.text(string.ascii_letters + string.digits + "-_.~%:!@/?#", min_size=6).map(lambda text: f"S3{text}")


@given(secrets)
def test_no_password_is_shown_whatever_is_in_it(secret: str) -> None:
    url = f"https://me:{secret}@host.example/a.pdf"
    assert "S3" not in public_url(url)
    assert "S3" not in url_name(url)
    assert "S3" not in without_secrets(f"cannot open {url}", url)
