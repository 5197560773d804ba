"""A node for each figure, with its picture."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping

from llama_index.core.schema import ImageNode, NodeRelationship
from llama_index.readers.ocr2.node_form import NodeForms

from ocr2_loaders import Ocr2Error, Pictures
from ocr2_loaders.blocks import Block, BlockLabel, PageResult, crop_of
from ocr2_loaders.export.metadata import block_metadata
from ocr2_loaders.structure import StructuredBlock, StructuredPage


def figure_nodes(pages: Iterable[StructuredPage], forms: NodeForms, above: Mapping[str, str]) -> dict[str, ImageNode]:
    """By the ids of the figures' blocks. A figure whose page cannot be drawn any more has no picture."""
    nodes: dict[str, ImageNode] = {}
    with Pictures() as pictures:
        for page in pages:
            figures = [each for each in page.blocks if each.block.label is BlockLabel.FIGURE]
            blocks = [each.block for each in figures]
            for figure, picture in zip(figures, _pictures(page.page, blocks, pictures), strict=True):
                nodes[figure.block.id] = _node(page, figure, forms, above, picture)
    return nodes


def _node(
    page: StructuredPage, figure: StructuredBlock, forms: NodeForms, above: Mapping[str, str], picture: str | None
) -> ImageNode:
    block = figure.block
    form = forms.of(page.page)
    texts = {each.block.id: each.block.text for each in page.blocks}
    caption = " ".join(texts[each] for each in figure.caption_ids if each in texts)
    metadata = form.metadata(block_metadata(page.page, figure, caption=caption, parent_id=above.get(block.id)))
    node = ImageNode(
        id_=block.id,
        image=picture,
        image_mimetype="image/png" if picture else None,
        **form.fields(block.text or caption, metadata),
    )
    node.relationships[NodeRelationship.SOURCE] = form.source
    return node


def _pictures(page: PageResult, blocks: list[Block], pictures: Pictures) -> Iterator[str | None]:
    """What is inside each block's boxes, as PNG in base64; the page is drawn once."""
    if not blocks:
        return
    try:
        pixels = pictures.of(page)
    except Ocr2Error:
        yield from (None for _ in blocks)
        return
    for block in blocks:
        crop = crop_of(block, pixels)
        written = io.BytesIO()
        if crop:
            crop.save(written, "PNG")
        yield base64.b64encode(written.getvalue()).decode("ascii") or None
