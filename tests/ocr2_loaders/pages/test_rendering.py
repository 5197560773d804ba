from __future__ import annotations

import gc

import numpy as np
import pytest

from ocr2_loaders.errors import SelectionError
from ocr2_loaders.pages import FailedPage, PageImage, RenderPool, page_images
from ocr2_loaders.settings import RenderSettings
from tests.support.page_sources import new_pdf, rendered, source_of


@pytest.fixture
def document(tmp_path):
    """Forty pages, each of its own grey."""
    new_pdf([b"%.3f g 0 0 200 200 re f" % (page / 40) for page in range(40)]).save(tmp_path / "greys.pdf")
    return tmp_path / "greys.pdf"


def grey(page):
    return int(page.pixels[5, 5, 0])


def greys(pages):
    return [round(page * 255 / 40) for page in pages]


def wait_for_jobs_before(pool):
    """With one worker, jobs end in the order in which they were submitted."""
    pool.submit(int).result()


def num_rendered(pool):
    return sum(worker.num_pages_rendered for worker in (*pool._idle, *pool._busy))


@pytest.mark.parametrize("num_workers", [1, 3])
def test_pages_come_in_document_order_however_many_processes_draw_them(document, num_workers):
    pages = rendered(document, num_workers=num_workers)
    assert [page.page_index for page in pages] == list(range(40))
    assert [grey(page) for page in pages] == pytest.approx(greys(range(40)), abs=1)
    assert {page.num_pages for page in pages} == {40}


def test_selected_pages_keep_their_numbers(document, renderers):
    pages = rendered(document, renderers, pages="39-,3,1")
    assert [page.page_number for page in pages] == [1, 3, 39, 40]
    assert [grey(page) for page in pages] == pytest.approx(greys([0, 2, 38, 39]), abs=1)


def test_max_pages_counts_selected_pages(document, renderers):
    assert [page.page_number for page in rendered(document, renderers, pages="even", max_pages=3)] == [2, 4, 6]


def test_a_selection_that_fits_no_page_is_raised_before_the_first_page(document, renderers):
    pages = page_images(source_of(document), RenderSettings(pages="41"), renderers=renderers)
    with pytest.raises(SelectionError, match="the document has 40 pages"):
        next(pages)


def test_nothing_happens_before_the_first_page_is_asked_for(document):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        pages = page_images(source_of(document), renderers=pool)
        assert pool.worker_pids == []
        pages.close()


def test_no_more_pages_are_drawn_than_the_window_allows(document):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        pages = page_images(source_of(document), window=3, renderers=pool)
        next(pages)
        wait_for_jobs_before(pool)
        assert num_rendered(pool) == 3
        next(pages)
        wait_for_jobs_before(pool)
        assert num_rendered(pool) == 4
        pages.close()


def test_closing_the_iterator_early_drops_what_is_in_flight_and_leaves_a_shared_pool_usable(document):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        pages = page_images(source_of(document), window=10, renderers=pool)
        next(pages)
        pages.close()
        wait_for_jobs_before(pool)
        assert num_rendered(pool) <= 10
        assert len(rendered(document, pool)) == 40


def test_a_few_slots_are_enough_for_a_document_that_is_read_page_by_page(document):
    with RenderPool(RenderSettings(num_workers=1)) as pool:
        for page in page_images(source_of(document), window=2, renderers=pool):
            assert isinstance(page, PageImage)
            page = None  # noqa: PLW2901 - lets go of the pixels
        gc.collect()
        (worker,) = pool._idle
        assert worker.slots._num_slots <= 4


def test_images_that_are_kept_are_not_overwritten(document, renderers):
    pages = rendered(document, renderers)
    again = rendered(document, renderers)
    for page, other in zip(pages, again, strict=True):
        assert np.array_equal(page.pixels, other.pixels)
    assert [grey(page) for page in pages] == pytest.approx(greys(range(40)), abs=1)


def test_a_caller_may_write_on_an_image(document, renderers):
    page = rendered(document, renderers, pages="40")[0]
    page.pixels[:] = 7
    assert grey(rendered(document, renderers, pages="40")[0]) != 7


def test_documents_take_turns_in_one_pool(document, tmp_path, renderers):
    new_pdf([b"1 0 0 rg 0 0 200 200 re f"] * 5).save(tmp_path / "red.pdf")
    ours = page_images(source_of(document), renderers=renderers)
    theirs = page_images(source_of(tmp_path / "red.pdf"), renderers=renderers)
    for number, (our, their) in enumerate(zip(ours, theirs, strict=False)):
        assert our.page_index == their.page_index == number
        assert their.pixels[5, 5].tolist() == [255, 0, 0]
        assert our.pixels[5, 5, 1] == our.pixels[5, 5, 0]
    ours.close()


def test_a_document_that_vanishes_in_between_leaves_failed_pages(document):
    with RenderPool(RenderSettings(num_workers=1, recycle_after_pages=1)) as pool:
        pages = page_images(source_of(document), RenderSettings(max_pages=4), window=1, renderers=pool)
        assert isinstance(next(pages), PageImage)
        document.unlink()
        rest = list(pages)
    assert [page.page_number for page in rest] == [2, 3, 4]
    assert isinstance(rest[-1], FailedPage)
    assert rest[-1].error.page_number == 4
    assert "greys.pdf" in str(rest[-1].error)
