"""RTP headers are read and written without loss, and garbage is refused."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webrtc import rtp_header
from webrtc.errors import PacketRefused
from webrtc.rtp_header import RtpHeader, SeatHeader

extensions = st.dictionaries(st.integers(1, 14), st.binary(min_size=1, max_size=16), max_size=4)


headers = st.builds(
    RtpHeader,
    marker=st.booleans(),
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 0xFFFF),
    timestamp=st.integers(0, 0xFFFFFFFF),
    ssrc=st.integers(0, 0xFFFFFFFF),
    size=st.just(0),
    extensions=extensions,
)


@given(headers, st.binary(max_size=50))
def test_what_is_written_is_read_back(header: RtpHeader, payload: bytes) -> None:
    packet = rtp_header.build(header, payload)
    read = rtp_header.parse(packet)
    assert replace(read, size=0) == header
    assert packet[read.size :] == payload


@given(st.binary(max_size=64))
def test_garbage_is_a_header_within_the_packet_or_refused(data: bytes) -> None:
    try:
        header = rtp_header.parse(data)
    except PacketRefused:
        return
    assert header.size + header.padding <= len(data)


@given(st.binary(max_size=40))
def test_any_extension_block_comes_to_an_end(block: bytes) -> None:
    for value in rtp_header.one_byte_extensions(block).values():
        assert 1 <= len(value) <= 16


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        bytes(12),
        b"\x90" + bytes(11),
        b"\x90" + bytes(11) + b"\xbe\xde\x00\x01",
        b"\xa0" + bytes(11),
        b"\xa0" + bytes(11) + b"\x02",
        b"\x8f" + bytes(11),
    ],
    ids=["empty", "version", "no extension", "short extension", "no padding", "long padding", "sources"],
)
def test_header_that_exceeds_the_packet_is_refused(packet: bytes) -> None:
    with pytest.raises(PacketRefused):
        rtp_header.parse(packet)


def test_seat_header_carries_mid_send_time_and_level() -> None:
    header = SeatHeader(7, "3", {"mid": 1, "send_time": 3, "level": 2})
    packet = header.write(0x80 | 111, 5, 6, 2.5, 0x9E) + b"payload"
    read = rtp_header.parse(packet)
    assert (read.marker, read.payload_type, read.sequence, read.timestamp, read.ssrc) == (True, 111, 5, 6, 7)
    assert read.extensions == {1: b"3", 3: (2 * 262_144 + 131_072).to_bytes(3, "big"), 2: b"\x9e"}
    assert packet[read.size :] == b"payload"


def test_seat_header_leaves_out_what_was_not_negotiated() -> None:
    packet = SeatHeader(7, "long-mid", {"mid": 14}).write(96, 5, 6, 2.5, 0x9E)
    assert rtp_header.parse(packet).extensions == {14: b"long-mid"}
    assert rtp_header.parse(SeatHeader(7, "0", {}).write(96, 5, 6, 2.5, None)).extensions == {}


def test_seat_header_without_a_level_has_none() -> None:
    packet = SeatHeader(7, "0", {"mid": 1, "level": 2}).write(96, 5, 6, 2.5, None)
    assert rtp_header.parse(packet).extensions == {1: b"0"}
