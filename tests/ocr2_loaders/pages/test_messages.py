from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr2_loaders.pages.messages import Channel, Disconnected

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@contextmanager
def channels() -> Iterator[tuple[Channel, Channel, socket.socket]]:
    """Both ends, and the socket of the second one."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Channel(ours), Channel(theirs), theirs


@given(st.dictionaries(st.text(), JSON))
def test_a_message_arrives_as_it_was_sent(message):
    with channels() as (ours, theirs, _):
        ours.send(message)
        assert theirs.receive() == (message, None)


def test_names_that_are_no_unicode_survive():
    with channels() as (ours, theirs, _):
        ours.send({"path": os.fsdecode(b"/tmp/\xff\xfe.pdf")})
        assert os.fsencode(theirs.receive()[0]["path"]) == b"/tmp/\xff\xfe.pdf"


def test_a_descriptor_arrives_beside_its_message(tmp_path):
    with channels() as (ours, theirs, _):
        with (tmp_path / "x").open("w+b") as file:
            file.write(b"shared")
            file.flush()
            ours.send({"slot": 1}, file.fileno())
        message, descriptor = theirs.receive()
        assert message == {"slot": 1}
        assert descriptor is not None
        assert os.pread(descriptor, 10, 0) == b"shared"
        os.close(descriptor)


def test_a_long_message_arrives_whole():
    with channels() as (ours, theirs, _):
        message = {"text": "x" * 3_000_000}
        sender = threading.Thread(target=ours.send, args=(message,))
        sender.start()
        assert theirs.receive()[0] == message
        sender.join()


@pytest.mark.parametrize(
    "garbage", [b"\xff\xff\xff\xff", b"\0\0\0\2[]", b"\0\0\0\3{,}", b"\0\0\0\1\xff", b"\0\0\0\x09{"]
)
def test_what_is_no_message_counts_as_a_lost_connection(garbage):
    with channels() as (ours, _, raw):
        raw.sendall(garbage)
        raw.close()
        with pytest.raises(Disconnected):
            ours.receive(time.monotonic() + 10)


def test_silence_ends_at_the_deadline_even_in_the_middle_of_a_message():
    with channels() as (ours, _, raw):
        raw.sendall(b"\0\0\0\x09{")
        with pytest.raises(TimeoutError):
            ours.receive(time.monotonic() + 0.05)


def test_sending_to_a_side_that_is_gone_is_a_lost_connection():
    with channels() as (ours, theirs, _):
        theirs.close()
        with pytest.raises(Disconnected):
            ours.send({"x": "y" * 1_000_000})
