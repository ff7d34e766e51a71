"""RTCP on the wire: the packets that the relay reads and writes (RFC 3550, 4585, 5104 and two drafts)."""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

SENDER_REPORT = 200
RECEIVER_REPORT = 201
TRANSPORT_FEEDBACK = 205
PAYLOAD_FEEDBACK = 206
NACK = 1
TRANSPORT_CC = 15
PLI = 1
FIR = 4
APPLICATION = 15
OWN_SSRC = 1
"""Feedback needs a sender's SSRC; the node is no source, browsers accept any."""

_HEADER = struct.Struct("!BBH")
_REPORT_BLOCK = struct.Struct("!IIIIII")
_SENDER_INFO = struct.Struct("!IQIII")
_NACK_ITEM = struct.Struct("!HH")
_MAX_MANTISSA = 0x3FFFF
_FIR_SSRC_AT = 8
_REMB_BYTES = 20
_REMB_NAME_AT = 8


class RtcpPacket(NamedTuple):
    """One packet of a compound: type, report count or feedback format, and what follows the first word."""

    packet_type: int
    subtype: int
    body: bytes


class ReportBlock(NamedTuple):
    """A receiver's report on one stream; `lsr` and `dlsr` in 1/65536 s, `fraction_lost` in 1/256."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    lsr: int
    dlsr: int


class SenderReport(NamedTuple):
    """A sender's report; `ntp` is the 64-bit timestamp."""

    ssrc: int
    ntp: int
    timestamp: int
    packets: int
    octets: int


def split(compound: bytes) -> Iterator[RtcpPacket]:
    """Yield the packets of a compound; stops where it no longer makes sense."""
    offset = 0
    while offset + 4 <= len(compound):
        first, packet_type, words = _HEADER.unpack_from(compound, offset)
        end = offset + 4 + 4 * words
        if first >> 6 != 2 or end > len(compound):  # noqa: PLR2004  the version
            return
        body = compound[offset + 4 : end]
        if first & 0x20 and body:
            body = body[: max(0, len(body) - body[-1])]
        yield RtcpPacket(packet_type, first & 0x1F, body)
        offset = end


def read_sender_report(packet: RtcpPacket) -> SenderReport | None:
    """Return the sender's part of an SR, None when cut short."""
    if len(packet.body) < _SENDER_INFO.size:
        return None
    return SenderReport(*_SENDER_INFO.unpack_from(packet.body))


def read_report_blocks(packet: RtcpPacket) -> list[ReportBlock]:
    """Return the report blocks of an SR or RR; those that are cut short are left out."""
    offset = _SENDER_INFO.size if packet.packet_type == SENDER_REPORT else 4
    blocks: list[ReportBlock] = []
    for _ in range(packet.subtype):
        if offset + _REPORT_BLOCK.size > len(packet.body):
            break
        ssrc, loss, highest, jitter, lsr, dlsr = _REPORT_BLOCK.unpack_from(packet.body, offset)
        blocks.append(ReportBlock(ssrc, loss >> 24, loss & 0xFFFFFF, highest, jitter, lsr, dlsr))
        offset += _REPORT_BLOCK.size
    return blocks


def signed_loss(block: ReportBlock) -> int:
    """Return the cumulative loss of a report, which duplicates can make negative (RFC 3550 section 6.4.1)."""
    return block.lost - 0x1000000 if block.lost & 0x800000 else block.lost


def read_media_ssrc(packet: RtcpPacket) -> int | None:
    """Return the SSRC that a feedback packet is about: of a FIR that of its first entry."""
    at = _FIR_SSRC_AT if (packet.packet_type, packet.subtype) == (PAYLOAD_FEEDBACK, FIR) else 4
    return int.from_bytes(packet.body[at : at + 4], "big") if len(packet.body) >= at + 4 else None


def read_nack(packet: RtcpPacket) -> list[int]:
    """Return the sequence numbers that a generic NACK asks for (RFC 4585 section 6.2.1)."""
    wanted: list[int] = []
    for offset in range(8, len(packet.body) - 3, 4):
        first, following = _NACK_ITEM.unpack_from(packet.body, offset)
        wanted.append(first)
        wanted += [(first + 1 + bit) & 0xFFFF for bit in range(16) if following >> bit & 1]
    return wanted


def read_remb(packet: RtcpPacket) -> int | None:
    """Return the bits per second of a REMB (draft-alvestrand-rmcat-remb), None when it is none."""
    body = packet.body
    if len(body) < _REMB_BYTES - 4 or body[_REMB_NAME_AT : _REMB_NAME_AT + 4] != b"REMB":
        return None
    return ((body[13] & 3) << 16 | body[14] << 8 | body[15]) << (body[13] >> 2)


def write(packet_type: int, count: int, body: bytes) -> bytes:
    """Write one packet; the body is padded to whole words (RFC 3550 section 6.4.1)."""
    padding = -len(body) % 4
    if padding:
        body += bytes(padding - 1) + bytes((padding,))
    return _HEADER.pack(0x80 | (0x20 if padding else 0) | count, packet_type, len(body) // 4) + body


def write_sender_report(report: SenderReport) -> bytes:
    """Write an SR without report blocks."""
    return write(SENDER_REPORT, 0, _SENDER_INFO.pack(*report))


def write_receiver_report(blocks: Iterable[ReportBlock]) -> bytes:
    """Write an RR of at most 31 blocks."""
    packed = [
        _REPORT_BLOCK.pack(
            b.ssrc, b.fraction_lost << 24 | b.lost & 0xFFFFFF, b.highest, b.jitter, b.lsr, b.dlsr
        )
        for b in blocks
    ]
    return write(RECEIVER_REPORT, len(packed), OWN_SSRC.to_bytes(4, "big") + b"".join(packed))


def write_pli(ssrc: int) -> bytes:
    """Write a request for a keyframe."""
    return write(PAYLOAD_FEEDBACK, PLI, struct.pack("!II", OWN_SSRC, ssrc))


def write_nack(ssrc: int, sequences: Iterable[int]) -> bytes:
    """Write a generic NACK, following numbers packed into the bit mask."""
    items: list[list[int]] = []
    for sequence in sequences:
        distance = (sequence - items[-1][0] - 1) & 0xFFFF if items else 16
        if distance < 16:  # noqa: PLR2004  bits of the mask
            items[-1][1] |= 1 << distance
        else:
            items.append([sequence, 0])
    return write(
        TRANSPORT_FEEDBACK,
        NACK,
        struct.pack("!II", OWN_SSRC, ssrc) + b"".join(_NACK_ITEM.pack(*item) for item in items),
    )


def write_remb(bits_per_second: int, ssrcs: tuple[int, ...]) -> bytes:
    """Write a REMB; the rate is rounded down to 18 significant bits."""
    exponent, mantissa = 0, bits_per_second
    while mantissa > _MAX_MANTISSA:
        mantissa >>= 1
        exponent += 1
    head = struct.pack(
        "!II4sBBH", OWN_SSRC, 0, b"REMB", len(ssrcs), exponent << 2 | mantissa >> 16, mantissa & 0xFFFF
    )
    return write(PAYLOAD_FEEDBACK, APPLICATION, head + struct.pack(f"!{len(ssrcs)}I", *ssrcs))


def write_transport_feedback(
    ssrc: int, *, base: int, count: int, reference: int, number: int, chunks: bytes
) -> bytes:
    """Write transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).

    `reference` counts 64 ms, `number` the feedback packets, `chunks` holds status chunks and deltas.
    """
    head = struct.pack(
        "!IIHHI", OWN_SSRC, ssrc, base & 0xFFFF, count, (reference & 0xFFFFFF) << 8 | number & 0xFF
    )
    return write(TRANSPORT_FEEDBACK, TRANSPORT_CC, head + chunks)


def ntp_of(seconds: float) -> int:
    """Return a 64-bit NTP timestamp for seconds of our own clock (RFC 3550 section 4 allows any epoch)."""
    return int(seconds * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


def seconds_of(ntp: int) -> float:
    """Return the seconds of a 64-bit NTP timestamp."""
    return ntp / (1 << 32)
