"""The numbers of list items: each list begins its own count, at the number that the page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.oxml.numbering import CT_Num

from ocr2_loaders.export.list_items import ListItem

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_BULLETS = ("List Bullet", "List Bullet 2", "List Bullet 3")
_NUMBERS = ("List Number", "List Number 2", "List Number 3")


class Numbering:
    """Hands out Word's numbering instances, one for each run of numbers without a gap."""

    def __init__(self, document: Document) -> None:
        self._definitions = document.part.numbering_part.element
        abstract_ids = {each.numId: each.abstractNumId.val for each in self._definitions.num_lst}
        used = {name: document.styles[name].element.pPr.numPr.numId.val for name in _NUMBERS}
        self._abstract_ids = {name: abstract_ids[number] for name, number in used.items()}
        self._last_instance: int = max(abstract_ids)
        self._running: dict[int, tuple[int, int]] = {}
        """By depth: the instance in use, and the number that it comes to next."""

    def style_of(self, item: ListItem) -> str:
        styles = _BULLETS if item.number is None else _NUMBERS
        return styles[min(item.depth, len(styles) - 1)]

    def apply(self, paragraph: Paragraph, item: ListItem) -> None:
        """Makes Word count to the item's own number; bullets need no more than their style."""
        for depth in [depth for depth in self._running if depth > item.depth]:
            del self._running[depth]
        if item.number is None:
            return
        instance, next_number = self._running.get(item.depth, (0, -1))
        if next_number != item.number:
            instance = self._new_instance(self.style_of(item), item.number)
        self._running[item.depth] = (instance, item.number + 1)
        properties: Any = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - the library has no numbering of its own
        properties.get_or_add_numPr().get_or_add_ilvl().val = 0
        properties.get_or_add_numPr().get_or_add_numId().val = instance

    def end_list(self) -> None:
        self._running.clear()

    def _new_instance(self, style_name: str, start: int) -> int:
        """A numbering that looks like the style's own and begins at `start`."""
        self._last_instance += 1
        instance: Any = CT_Num.new(  # type: ignore[no-untyped-call] # the library has no types here
            self._last_instance, self._abstract_ids[style_name]
        )
        instance.add_lvlOverride(ilvl=0).add_startOverride(start)
        self._definitions.append(instance)
        return self._last_instance
