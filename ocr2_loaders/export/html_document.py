"""Pages as one HTML document that runs nothing and fetches nothing."""

from __future__ import annotations

from html import escape

from ocr2_loaders.export.format import Figure, Figures
from ocr2_loaders.export.html_block import block_html
from ocr2_loaders.export.page_note import page_note
from ocr2_loaders.export.paged_format import PagedFormat
from ocr2_loaders.printable import one_line
from ocr2_loaders.structure import StructuredBlock, StructuredPage

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:"
"""A browser that reads it refuses scripts, frames, fonts and pictures from elsewhere, whatever the document says."""

_STYLE = """
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 serif; }
table { border-collapse: collapse; } td, th { border: 1px solid #999; padding: .2rem .5rem; }
.page + .page { border-top: 1px dashed #ccc; } .note { color: #a00; font-family: sans-serif; }
.caption, .footnote { font-size: .9rem; } .running { color: #777; font-size: .8rem; }
figure { margin: 1rem 0; } img { max-width: 100%; } pre { overflow-x: auto; }
"""


def _opening(page: StructuredPage) -> str:
    title = escape(one_line(page.page.source.name))
    return (
        f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )


def _page(page: StructuredPage, figures: Figures) -> str:
    number = page.page.page_number
    parts = [_element(each, figures.get(each.block.id)) for each in page.blocks]
    note = page_note(page.page)
    if note:
        parts.append(f'<p class="note">{escape(note)}</p>')
    inner = "\n".join(filter(None, parts))
    return f'<section class="page" id="page-{number}" dir="auto">\n{inner}\n</section>\n'


def _element(structured: StructuredBlock, figure: Figure | None) -> str:
    """The block's own HTML was cleaned; what is put around it here is ours."""
    html = block_html(structured.block, structured.heading_level)
    if structured.is_running:
        return f'<div class="running">{html}</div>' if html else ""
    if figure:
        return f'<figure><img src="{escape(figure.link)}" alt="">\n{html}</figure>'
    return html


HTML = PagedFormat(suffix=".html", page=_page, separator="", closing="</body>\n</html>\n", opening=_opening)
"""A section for each page; running headers and footers are small, a page that is not good says so in red."""
