"""Readers and makers of packets that only tests need: transport-wide feedback, VP8 payloads."""

import struct
from dataclasses import dataclass

from webrtc.rtcp import RtcpPacket

KEYFRAME_HEAD = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 360)


@dataclass(frozen=True)
class Arrivals:
    """A parsed transport-wide feedback: sequence numbers with arrival in µs, None for those that are lost."""

    number: int
    times: dict[int, int | None]


def read_arrivals(packet: RtcpPacket) -> Arrivals:
    """Read what TransportFeedback writes: two-bit status vectors only."""
    base, count, reference = struct.unpack_from("!HHI", packet.body, 8)
    offset, statuses = 16, list[int]()
    while len(statuses) < count:
        (word,) = struct.unpack_from("!H", packet.body, offset)
        assert word >> 14 == 3
        statuses += [word >> (12 - 2 * index) & 3 for index in range(7)]
        offset += 2
    clock = (reference >> 8) * 64_000
    times: dict[int, int | None] = {}
    for index, status in enumerate(statuses[:count]):
        sequence = (base + index) & 0xFFFF
        if status == 0:
            times[sequence] = None
            continue
        size = {1: "!B", 2: "!h"}[status]
        clock += struct.unpack_from(size, packet.body, offset)[0] * 250
        offset += status
        times[sequence] = clock
    return Arrivals(reference & 0xFF, times)


def key_payload(rest: bytes = b"key") -> bytes:
    """Return the only payload of a keyframe of 640x360."""
    return b"\x10" + KEYFRAME_HEAD + rest


def delta_payload(rest: bytes = b"delta", *, first: bool = True) -> bytes:
    """Return a payload of an interframe, its first or a later one."""
    return (b"\x10\x01" if first else b"\x00\x01") + rest
