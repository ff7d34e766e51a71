"""Datagrams survive a stream however it is cut, and no stream makes the node keep more than one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webrtc.errors import FrameRefused
from webrtc.framing import LENGTH_BYTES, MAX_DATAGRAM_BYTES, Deframer, framed

datagrams = st.lists(st.binary(max_size=60) | st.binary(min_size=1200, max_size=1300), max_size=6)


@given(datagrams, st.lists(st.integers(1, 700), min_size=1, max_size=20))
def test_datagrams_are_read_back_however_the_stream_is_cut(sent: list[bytes], cuts: list[int]) -> None:
    stream, frames, received, turn = b"".join(map(framed, sent)), Deframer(), list[bytes](), 0
    while stream:
        size = cuts[turn % len(cuts)]
        received += frames.feed(stream[:size])
        stream, turn = stream[size:], turn + 1
    assert received == [datagram for datagram in sent if datagram]


@given(st.lists(st.binary(max_size=3000), max_size=20))
def test_whatever_comes_no_more_than_one_frame_is_kept(pieces: list[bytes]) -> None:
    frames = Deframer()
    for piece in pieces:
        try:
            received = frames.feed(piece)
        except FrameRefused:
            return
        assert all(0 < len(datagram) <= MAX_DATAGRAM_BYTES for datagram in received)
        assert len(frames._rest) < LENGTH_BYTES + MAX_DATAGRAM_BYTES


@pytest.mark.parametrize("size", [MAX_DATAGRAM_BYTES + 1, 0xFFFF])
def test_a_frame_that_is_too_long_is_refused_by_its_length_alone(size: int) -> None:
    with pytest.raises(FrameRefused):
        Deframer().feed(size.to_bytes(2, "big"))
