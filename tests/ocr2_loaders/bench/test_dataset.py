"""The ground truth of a whole run."""

import json

import pytest

from ocr2_loaders.bench import ProblemKind, load_dataset
from ocr2_loaders.errors import SelectionError, SourceNotFound


def page(name, **attributes):
    return {
        "layout_dets": [],
        "page_info": {"image_path": name, "page_attribute": attributes},
        "extra": {"relation": []},
    }


PAGES = [page("a.jpg", language="english", watermark=True), page("b.jpg", language="german", watermark=False)]


def written(folder, text, name="pages.json"):
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def names(dataset):
    return [each.image_name for each in dataset.pages]


def test_a_file_and_its_folder_are_the_same(tmp_path):
    file = written(tmp_path, json.dumps(PAGES))
    assert load_dataset(file) == load_dataset(tmp_path)
    assert names(load_dataset(file)) == ["a.jpg", "b.jpg"]


def test_among_several_files_the_one_named_after_the_benchmark_is_taken(tmp_path):
    written(tmp_path, "[]", "other.json")
    written(tmp_path, json.dumps(PAGES), "OmniDocBench_demo.json")
    assert len(load_dataset(tmp_path).pages) == 2


@pytest.mark.parametrize("files", [[], ["a.json", "b.json"]])
def test_a_folder_without_one_such_file_is_refused(tmp_path, files):
    for name in files:
        written(tmp_path, "[]", name)
    with pytest.raises(SourceNotFound, match="one JSON file"):
        load_dataset(tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(SourceNotFound):
        load_dataset(tmp_path / "none.json")


def test_a_file_that_was_cut_off_is_read_up_to_there(tmp_path):
    dataset = load_dataset(written(tmp_path, json.dumps(PAGES)[:-20]))
    assert names(dataset) == ["a.jpg"]
    assert [problem.kind for problem in dataset.problems] == [ProblemKind.DAMAGED_DATASET]
    assert "line 1 column" in dataset.problems[0].detail


@pytest.mark.parametrize("text", ["", "{}", "nonsense", "[", "[" * 100_000])
def test_a_file_that_is_no_list_of_pages_is_named(tmp_path, text):
    dataset = load_dataset(written(tmp_path, text))
    assert dataset.pages == ()
    assert [problem.kind for problem in dataset.problems] == [ProblemKind.DAMAGED_DATASET]


def test_an_entry_that_is_no_page_is_named_and_left_out(tmp_path):
    dataset = load_dataset(written(tmp_path, json.dumps([PAGES[0], {"x": 1}, PAGES[1]])))
    assert names(dataset) == ["a.jpg", "b.jpg"]
    assert "entry 2" in dataset.problems[0].detail


def test_pages_are_chosen_by_their_attributes(tmp_path):
    dataset = load_dataset(written(tmp_path, json.dumps(PAGES)))
    assert names(dataset.selected({"language": "german"})) == ["b.jpg"]
    assert names(dataset.selected({"watermark": "true"})) == ["a.jpg"]
    assert names(dataset.selected({"language": "german", "watermark": "true"})) == []
    assert names(dataset.selected({}, limit=1)) == ["a.jpg"]


def test_an_attribute_that_no_page_has_is_refused(tmp_path):
    with pytest.raises(SelectionError, match=r"'lang'.*language, watermark"):
        load_dataset(written(tmp_path, json.dumps(PAGES))).selected({"lang": "english"})


def test_images_lie_in_a_folder_of_that_name_or_beside_the_file(tmp_path):
    dataset = load_dataset(written(tmp_path, json.dumps(PAGES)))
    assert dataset.images == tmp_path
    (tmp_path / "images").mkdir()
    assert dataset.images == tmp_path / "images"
