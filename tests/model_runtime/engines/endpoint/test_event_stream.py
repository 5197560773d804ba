"""Events taken out of a body, however it was cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_runtime.engines.endpoint.event_stream import EndlessLine, EventStream

DATA = st.binary(max_size=30).filter(lambda data: not {*b"\r\n"} & {*data} and not data.startswith(b" "))


def _events(body: bytes, cuts: list[int]) -> list[bytes]:
    stream, places = EventStream(), sorted({0, len(body), *(cut % (len(body) + 1) for cut in cuts)})
    pieces = [body[start:end] for start, end in pairwise(places)]
    return [event for piece in pieces for event in stream.events(piece)]


@given(events=st.lists(DATA, max_size=8), end=st.sampled_from([b"\n", b"\r\n"]), cuts=st.lists(st.integers(0, 500)))
def test_the_same_events_come_however_the_body_is_cut(events: list[bytes], end: bytes, cuts: list[int]) -> None:
    body = b"".join(b"data: " + data + end + end for data in events)
    assert _events(body, cuts) == events


@given(st.lists(st.binary(max_size=40)))
def test_no_bytes_can_break_it(pieces: list[bytes]) -> None:
    stream = EventStream()
    for piece in pieces:
        assert all(isinstance(event, bytes) for event in stream.events(piece))


def test_all_but_data_is_passed_over_and_lines_of_data_are_joined() -> None:
    body = b": hello\n\nevent: x\nid: 7\ndata:one\ndata: two\n\nretry: 5\n\ndata: cut off\n"
    assert _events(body, []) == [b"one\ntwo"]


def test_a_line_without_an_end_is_not_gathered_for_ever() -> None:
    stream = EventStream()
    assert list(stream.events(bytes(2**24))) == []
    with pytest.raises(EndlessLine, match="more than 16,777,216 bytes"):
        list(stream.events(b"x"))
