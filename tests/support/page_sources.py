"""PDFs and sources for tests of the pages stage: built in the test, of the class that the test is about."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pikepdf

from ocr2_loaders.pages import FailedPage, PageImage, RenderPool, page_images
from ocr2_loaders.settings import RenderSettings
from ocr2_loaders.sources.source import FileType, Source

HELLO = b"BT /F1 24 Tf 20 100 Td (Hello World) Tj ET"


def source_of(path: Path, file_type: FileType = FileType.PDF) -> Source:
    return Source(path, path.name, str(path), file_type, path.stat().st_size, "0" * 64)


def rendered(
    path: Path,
    renderers: RenderPool | None = None,
    *,
    file_type: FileType = FileType.PDF,
    text: bool = False,
    **settings: Any,
) -> list[PageImage | FailedPage]:
    """All pages of a file."""
    source = source_of(path, file_type)
    return list(page_images(source, RenderSettings(**settings), with_text_layer=text, renderers=renderers))


def only_image(
    path: Path, renderers: RenderPool, *, file_type: FileType = FileType.PDF, text: bool = False, **settings: Any
) -> PageImage:
    (page,) = rendered(path, renderers, file_type=file_type, text=text, **settings)
    assert isinstance(page, PageImage), page
    return page


def only_failure(
    path: Path, renderers: RenderPool, *, file_type: FileType = FileType.PDF, **settings: Any
) -> FailedPage:
    (page,) = rendered(path, renderers, file_type=file_type, **settings)
    assert isinstance(page, FailedPage)
    return page


def new_pdf(
    contents: Sequence[bytes] = (HELLO,), *, media_box: Sequence[float] = (0, 0, 200, 200), **page_keys: Any
) -> pikepdf.Pdf:
    """A document with a page for each content stream, Helvetica as /F1; `page_keys` are entries of every page."""
    pdf = pikepdf.new()
    for content in contents:
        pdf.add_blank_page(page_size=(200, 200))
        page = pdf.pages[-1].obj
        page.MediaBox = pikepdf.Array(list(media_box))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=helvetica()))
        page.Contents = pdf.make_stream(content)
        for key, value in page_keys.items():
            page[f"/{key}"] = value
    return pdf


def write_pdf(path: Path, contents: Sequence[bytes] = (HELLO,), **keys: Any) -> Path:
    new_pdf(contents, **keys).save(path)
    return path


def helvetica(name: str = "Helvetica") -> pikepdf.Dictionary:
    return pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/" + name))


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, the first being the catalogue."""
    body = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start, size = len(body), len(objects) + 1
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return bytes(body + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start))


def repeated_stream(pdf: pikepdf.Pdf, piece: bytes, times: int) -> pikepdf.Stream:
    """A compressed stream of `times` pieces, never held in memory as a whole."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(piece) for _ in range(times)) + packer.flush()
    stream = pikepdf.Stream(pdf, packed)
    stream.Filter = pikepdf.Name.FlateDecode
    return stream
