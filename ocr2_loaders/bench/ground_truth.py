"""One page of the ground truth: its blocks as they enter the matching."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ocr2_loaders.bench.category import KNOWN, POOLED, TABLE
from ocr2_loaders.bench.problem import Problem, ProblemKind


@dataclass(frozen=True, slots=True)
class Element:
    """One block, or the blocks of one paragraph that was cut in two.

    `order` is the reading order as the annotation has it, 0 where it has none.
    """

    category: str
    order: float
    text: str = ""
    latex: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class GroundTruthPage:
    """`pool` holds text and formulas, `tables` the tables, both by reading order. Everything else is left out."""

    image_name: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    pool: tuple[Element, ...] = ()
    tables: tuple[Element, ...] = ()

    @property
    def stem(self) -> str:
        """The name without its last four characters, whatever they are, as the benchmark has it."""
        return self.image_name[:-4]


class _Block(BaseModel):
    model_config = ConfigDict(extra="ignore")

    category_type: str
    anno_id: int | str | None = None
    order: int | float | None = None
    text: str | None = None
    latex: str | None = None
    html: str | None = None

    def element(self) -> Element:
        return Element(self.category_type, self.order or 0, self.text or "", self.latex or "", self.html or "")


class _Relation(BaseModel):
    relation_type: str
    source_anno_id: int | str
    target_anno_id: int | str


class _PageInfo(BaseModel):
    image_path: str
    page_attribute: dict[str, Any] = Field(default_factory=dict)


class _Extra(BaseModel):
    relation: list[_Relation] = Field(default_factory=list)


class _Page(BaseModel):
    page_info: _PageInfo
    layout_dets: list[Any]
    extra: _Extra = _Extra()


def page_from_json(entry: object) -> tuple[GroundTruthPage, tuple[Problem, ...]]:
    """One page of the dataset and what is wrong with it.

    Raises: pydantic.ValidationError when the entry is no page at all.
    """
    page = _Page.model_validate(entry)
    name = PurePosixPath(page.page_info.image_path).name
    problems: list[Problem] = []
    blocks = [block for each in page.layout_dets if (block := _block(each, name, problems))]
    elements = _by_category(_with_joined_chains(blocks, page.extra.relation, name, problems))
    pool = [element for category in POOLED for element in elements.get(category, ())]
    known = GroundTruthPage(name, page.page_info.page_attribute, _in_order(pool), _in_order(elements.get(TABLE, ())))
    return known, tuple(dict.fromkeys(problems))


def _block(entry: object, page: str, problems: list[Problem]) -> _Block | None:
    try:
        block = _Block.model_validate(entry)
    except ValidationError as error:
        problems.append(Problem(ProblemKind.DAMAGED_DATASET, page, f"a block is left out: {first_error(error)}"))
        return None
    if block.category_type not in KNOWN:
        problems.append(Problem(ProblemKind.UNKNOWN_CATEGORY, page, repr(block.category_type)))
    return block


def first_error(error: ValidationError) -> str:
    """Where a value is not as the schema has it, and how, in one line."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'value'}: {first['msg']}"


def _with_joined_chains(
    blocks: list[_Block], relations: Iterable[_Relation], page: str, problems: list[Problem]
) -> list[Element]:
    """Whole blocks in the order of the page, then one element for each chain of blocks that belong together."""
    chains = _chains(relations)
    chained = {block_id for chain in chains for block_id in chain}
    links = {block.anno_id: block for block in blocks if block.anno_id in chained}
    joined = []
    for chain in chains:
        found = [links[block_id] for block_id in chain if block_id in links]
        if len(found) < len(chain):
            problems.append(Problem(ProblemKind.DAMAGED_DATASET, page, "a truncated block names one that is not there"))
        if found:
            joined.append(_joined(found))
    return [block.element() for block in blocks if block.anno_id not in chained] + joined


def _chains(relations: Iterable[_Relation]) -> list[list[int | str]]:
    """The ids of each chain. One of three or more blocks names those in the middle twice, as the benchmark does."""
    chains: list[list[int | str]] = []
    for relation in relations:
        if relation.relation_type != "truncated":
            continue
        ends = [relation.source_anno_id, relation.target_anno_id]
        touched = [chain for chain in chains if not set(ends).isdisjoint(chain)]
        for chain in touched:
            chain.extend(ends)
        if not touched:
            chains.append(ends)
    return chains


def _joined(blocks: list[_Block]) -> Element:
    """The texts run together in reading order; everything else is that of the first block."""
    in_order = sorted(blocks, key=lambda block: block.order or 0)
    first = in_order[0].element()
    return replace(first, text="".join(block.text or "" for block in in_order), latex="", html="")


def _by_category(elements: Iterable[Element]) -> dict[str, list[Element]]:
    by_category: dict[str, list[Element]] = {}
    for element in elements:
        by_category.setdefault(element.category, []).append(element)
    return by_category


def _in_order(elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(sorted(elements, key=lambda element: element.order))
