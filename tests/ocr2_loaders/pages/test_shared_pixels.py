from __future__ import annotations

import gc
import mmap
import os

import numpy as np
import pytest

from ocr2_loaders.pages.shared_pixels import MAX_SLOTS, Slot, SlotPool


def draw(slot: Slot, value: int, num_bytes: int) -> None:
    """What a render process does: grow the memory and write in it."""
    os.ftruncate(slot.descriptor, max(num_bytes, os.fstat(slot.descriptor).st_size))
    with mmap.mmap(slot.descriptor, num_bytes) as memory:
        memory[:] = bytes([value]) * num_bytes


def test_an_image_shows_what_the_other_side_drew():
    pool = SlotPool()
    slot = pool.take()
    draw(slot, 7, 2 * 4 * 3)
    pixels = pool.lend(slot, 2, 4)
    assert pixels.shape == (2, 4, 3)
    assert (pixels == 7).all()


def test_a_slot_is_free_again_once_nothing_refers_to_its_image():
    pool = SlotPool()
    slot = pool.take()
    draw(slot, 1, 30)
    pixels = pool.lend(slot, 1, 10)
    view = pixels[:, 2:4].reshape(-1)
    del pixels
    gc.collect()
    assert pool.take() is not slot, "a view still looks at the memory"
    del view
    gc.collect()
    assert pool.take() is slot


def test_one_slot_is_always_left_and_further_images_are_copies():
    pool = SlotPool()
    kept, slots = [], set()
    for value in range(3 * MAX_SLOTS):
        slot = pool.take()
        slots.add(slot.number)
        draw(slot, value, 12)
        kept.append(pool.lend(slot, 2, 2))
    assert len(slots) == MAX_SLOTS
    assert [int(image[0, 0, 0]) for image in kept] == list(range(3 * MAX_SLOTS))


def test_a_slot_grows_and_older_images_stay_as_they_are():
    pool = SlotPool()
    slot = pool.take()
    draw(slot, 5, 12)
    small = pool.lend(slot, 2, 2)
    draw(slot, 9, 3000)
    large = slot.pixels(10, 100)
    assert np.shares_memory(small, small[:1])
    assert large.shape == (10, 100, 3)
    assert (large == 9).all()


def test_an_image_larger_than_its_memory_is_refused():
    pool = SlotPool()
    slot = pool.take()
    draw(slot, 0, 12)
    with pytest.raises(ValueError, match="mmap length is greater than file size"):
        pool.lend(slot, 100, 100)


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="seals are a thing of Linux")
def test_the_other_side_cannot_cut_memory_off_that_is_being_read():
    slot = Slot()
    draw(slot, 0, 4096)
    with pytest.raises(PermissionError):
        os.ftruncate(slot.descriptor, 0)


def test_descriptors_are_closed_with_their_slots():
    slot = Slot()
    descriptor = slot.descriptor
    del slot
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
