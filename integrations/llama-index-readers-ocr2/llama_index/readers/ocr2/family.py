"""Which node is whose parent."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from itertools import pairwise

from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode
from llama_index.readers.ocr2.cut_node import CutNode


class Family:
    """Finds parents by the blocks that nodes hold: `above` has for each block the id of the block that it is under."""

    def __init__(self, above: Mapping[str, str], cut: Iterable[CutNode]) -> None:
        self._above = above
        self._holders: dict[str, TextNode] = {}
        for each in cut:
            for block_id in each.block_ids:
                self._holders.setdefault(block_id, each.node)

    def put(self, child: TextNode, block_id: str, *, beside: Container[str] = ()) -> None:
        """Make `child`, which begins with this block, a child of the nearest node above that is none of `beside`."""
        above = self._above.get(block_id)
        while above:
            holder = self._holders.get(above)
            if holder and holder is not child and holder.node_id not in beside:
                adopt(holder, child)
                return
            above = self._above.get(above)


def adopt(parent: TextNode, child: TextNode) -> None:
    child.relationships[NodeRelationship.PARENT] = info(parent)
    children = parent.relationships.setdefault(NodeRelationship.CHILD, [])
    if isinstance(children, list):
        children.append(info(child))


def chain(nodes: Iterable[TextNode]) -> None:
    """Each node knows the one before and the one behind."""
    for node, following in pairwise(nodes):
        node.relationships[NodeRelationship.NEXT] = info(following)
        following.relationships[NodeRelationship.PREVIOUS] = info(node)


def info(node: TextNode) -> RelatedNodeInfo:
    """Without the metadata, which every neighbour would otherwise store again."""
    return RelatedNodeInfo(node_id=node.node_id, node_type=node.get_type(), hash=node.hash)
