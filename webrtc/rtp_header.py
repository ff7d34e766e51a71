"""RTP headers: read whole off the packet path, written per seat on it (RFC 3550, RFC 8285)."""

import struct
from dataclasses import dataclass, field

from webrtc.errors import PacketRefused

HEADER_BYTES = 12
ONE_BYTE_PROFILE = 0xBEDE
FIXED = struct.Struct("!BBHII")
_EXTENSION_HEADER = struct.Struct("!HH")
_VERSION_2 = 2
_PADDED = 0x20
_EXTENDED = 0x10
_STOP_ID = 15


@dataclass(frozen=True, slots=True)
class RtpHeader:
    """A parsed header; `size` is where the payload begins, `padding` how many last bytes are none of it."""

    marker: bool
    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    size: int
    padding: int = 0
    extensions: dict[int, bytes] = field(default_factory=dict)


def parse(packet: bytes) -> RtpHeader:
    """Read a header, or raise PacketRefused."""
    if len(packet) < HEADER_BYTES or packet[0] >> 6 != _VERSION_2:
        raise PacketRefused("no RTP header")
    first, second, sequence, timestamp, ssrc = FIXED.unpack_from(packet)
    size = HEADER_BYTES + 4 * (first & 15)
    extensions: dict[int, bytes] = {}
    if first & _EXTENDED:
        if len(packet) < size + 4:
            raise PacketRefused("extension is cut short")
        profile, words = _EXTENSION_HEADER.unpack_from(packet, size)
        size += 4 + 4 * words
        if profile == ONE_BYTE_PROFILE:
            extensions = one_byte_extensions(packet[size - 4 * words : size])
    padding = packet[-1] if first & _PADDED else 0
    if size + padding > len(packet) or (first & _PADDED and not padding):
        raise PacketRefused("header and padding exceed the packet")
    return RtpHeader(bool(second & 0x80), second & 0x7F, sequence, timestamp, ssrc, size, padding, extensions)


def one_byte_extensions(block: bytes) -> dict[int, bytes]:
    """Read the elements of a one-byte block (RFC 8285 section 4.2); an element cut short ends it."""
    found: dict[int, bytes] = {}
    offset = 0
    while offset < len(block):
        number, size = block[offset] >> 4, (block[offset] & 15) + 1
        offset += 1
        if not number:
            continue
        if number == _STOP_ID or offset + size > len(block):
            break
        found[number] = block[offset : offset + size]
        offset += size
    return found


def build(header: RtpHeader, payload: bytes) -> bytes:
    """Write a packet without padding; its extensions in one-byte form."""
    elements = b"".join(bytes((n << 4 | len(v) - 1,)) + v for n, v in header.extensions.items())
    first = 0x80 | (_EXTENDED if elements else 0)
    second = (0x80 if header.marker else 0) | header.payload_type
    fixed = FIXED.pack(first, second, header.sequence, header.timestamp, header.ssrc)
    if not elements:
        return fixed + payload
    block = elements + bytes(-len(elements) % 4)
    return fixed + _EXTENSION_HEADER.pack(ONE_BYTE_PROFILE, len(block) // 4) + block + payload


class SeatHeader:
    """Writes the headers of one outgoing stream.

    The extension block always holds one word of abs-send-time, two bytes of audio level and the mid; what
    was not negotiated is zero, which is padding.
    """

    __slots__ = ("_level", "_pack", "_send_time", "_tail", "_words", "ssrc")

    def __init__(self, ssrc: int, mid: str, extensions: dict[str, int]) -> None:
        self.ssrc = ssrc
        send_time, level, mid_id = (extensions.get(name, 0) for name in ("send_time", "level", "mid"))
        self._send_time = send_time << 28 | 2 << 24
        self._level = level << 4
        element = bytes((mid_id << 4 | len(mid) - 1,)) + mid.encode() if mid_id else b""
        self._tail = element + bytes(-(len(element) + 2) % 4)
        self._words = (6 + len(self._tail)) // 4
        self._pack = struct.Struct("!BBHIIHHIBB").pack

    def write(self, second: int, sequence: int, timestamp: int, now: float, level: int | None) -> bytes:
        """Return a header; `second` is marker and payload type, `now` seconds, `level` the level byte."""
        word = self._send_time
        word = word | int(now * 262_144) & 0xFFFFFF if word >> 28 else 0
        level_id = self._level
        if not level_id or level is None:
            level_id = level = 0
        return (
            self._pack(
                0x90,
                second,
                sequence,
                timestamp,
                self.ssrc,
                ONE_BYTE_PROFILE,
                self._words,
                word,
                level_id,
                level,
            )
            + self._tail
        )
