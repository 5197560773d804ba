import pytest

from model_runtime.vocabulary import MODEL_LABELS
from ocr2_loaders.blocks.label import BlockLabel, is_known, label_of


@pytest.mark.parametrize("model_label", MODEL_LABELS)
def test_every_label_of_the_model_means_something(model_label: str) -> None:
    assert is_known(model_label)
    assert label_of(model_label) is not BlockLabel.OTHER


@pytest.mark.parametrize(
    ("model_label", "label"),
    [
        (None, BlockLabel.TEXT),
        ("equation group", BlockLabel.FORMULA),
        ("table_body", BlockLabel.TABLE),
        ("text_begin", BlockLabel.TEXT),
        ("Sub Title", BlockLabel.HEADING),
        ("sub_title", BlockLabel.HEADING),
        ("figure_title", BlockLabel.CAPTION),
        ("list_item", BlockLabel.LIST),
        ("", BlockLabel.OTHER),
        ("Приложение", BlockLabel.OTHER),
    ],
)
def test_labels_mean_their_whole_or_their_first_word(model_label: str | None, label: BlockLabel) -> None:
    assert label_of(model_label) is label


def test_text_of_a_page_is_no_known_label() -> None:
    assert not is_known("Text of the sign")
    assert not is_known("Table")
