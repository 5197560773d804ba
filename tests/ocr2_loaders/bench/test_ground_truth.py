"""One page of the ground truth."""

import pytest
from pydantic import ValidationError

from ocr2_loaders.bench.ground_truth import page_from_json
from ocr2_loaders.bench.problem import ProblemKind


def block(category, order, anno_id=None, **content):
    return {"category_type": category, "order": order, "anno_id": anno_id, "poly": [0] * 8, **content}


def page(*blocks, relations=(), **attributes):
    return {
        "layout_dets": list(blocks),
        "page_info": {"image_path": "images/a.pdf_3.jpg", "page_attribute": attributes},
        "extra": {
            "relation": [
                dict(zip(("source_anno_id", "target_anno_id", "relation_type"), each, strict=True))
                for each in relations
            ]
        },
    }


def read(*blocks, relations=()):
    known, problems = page_from_json(page(*blocks, relations=relations))
    assert not problems
    return known


def test_the_pool_is_sorted_by_order_and_then_by_category():
    known = read(
        block("page_number", None, text="9"),
        block("equation_isolated", 1, latex="$$x$$"),
        block("title", 2, text="T"),
        block("text_block", 2, text="b"),
        block("header", 0, text="h"),
    )
    assert [element.category for element in known.pool] == [
        "header",
        "page_number",
        "equation_isolated",
        "text_block",
        "title",
    ]


def test_figures_and_discarded_blocks_are_left_out():
    assert read(block("figure", 1), block("abandon", None, text="x")).pool == ()


def test_tables_stand_apart():
    known = read(block("table", 2, html="<b>", latex="b"), block("table", 1, html="<a>", latex="a"))
    assert [table.html for table in known.tables] == ["<a>", "<b>"]
    assert known.pool == ()


def test_blocks_that_were_cut_are_joined_in_reading_order_without_a_space():
    known = read(
        block("text_block", 4, 2, text="tail"),
        block("title", 3, 1, text="head"),
        block("text_block", 5, 3, text="other"),
        relations=[(1, 2, "truncated"), (3, 1, "parent_son")],
    )
    assert [(element.category, element.order, element.text) for element in known.pool] == [
        ("title", 3, "headtail"),
        ("text_block", 5, "other"),
    ]


def test_the_middle_of_a_chain_of_three_is_repeated():
    known = read(
        *(block("text_block", number, number, text=word) for number, word in ((1, "a"), (2, "b"), (3, "c"))),
        relations=[(1, 2, "truncated"), (2, 3, "truncated")],
    )
    assert [element.text for element in known.pool] == ["abbc"]


def test_joined_blocks_stand_behind_the_others_of_their_order():
    known = read(
        block("text_block", 1, 1, text="a"),
        block("text_block", 1, 2, text="b"),
        block("text_block", 1, 3, text="c"),
        relations=[(1, 2, "truncated")],
    )
    assert [element.text for element in known.pool] == ["c", "ab"]


def test_the_name_loses_its_folder_and_its_last_four_characters():
    known = read()
    assert (known.image_name, known.stem) == ("a.pdf_3.jpg", "a.pdf_3")


def test_an_unknown_category_is_named_once_and_left_out():
    known, problems = page_from_json(page(block("hologram", 1), block("hologram", 2), block("title", 3, text="T")))
    assert [(problem.kind, problem.detail) for problem in problems] == [(ProblemKind.UNKNOWN_CATEGORY, "'hologram'")]
    assert len(known.pool) == 1


def test_a_damaged_block_is_named_and_left_out():
    known, problems = page_from_json(page({"order": 1}, block("title", 3, text="T")))
    assert [problem.kind for problem in problems] == [ProblemKind.DAMAGED_DATASET]
    assert "category_type" in problems[0].detail
    assert len(known.pool) == 1


def test_a_relation_to_nothing_is_named():
    known, problems = page_from_json(page(block("title", 1, 1, text="T"), relations=[(1, 99, "truncated")]))
    assert [problem.kind for problem in problems] == [ProblemKind.DAMAGED_DATASET]
    assert [element.text for element in known.pool] == ["T"]


def test_a_page_without_relations_and_attributes_is_a_page():
    known, problems = page_from_json({"layout_dets": [], "page_info": {"image_path": "x.png"}})
    assert known.attributes == {}
    assert not problems


@pytest.mark.parametrize(
    "entry", [None, 3, {}, {"layout_dets": [], "page_info": {}}, {"layout_dets": 3, "page_info": {}}]
)
def test_what_is_no_page_is_refused(entry):
    with pytest.raises(ValidationError):
        page_from_json(entry)
