"""One track on its way down: the packets of whoever sits on a seat, rewritten into one continuous stream."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from webrtc import rtcp
from webrtc.packet_cache import CachedPacket, PacketCache
from webrtc.rtp_header import SeatHeader

if TYPE_CHECKING:
    from collections.abc import Callable

    from webrtc.feedback import ReceiverRate
    from webrtc.sdp import Section
    from webrtc.up_track import UpTrack

SWITCH_SECONDS = 5.0
CHOKED_SECONDS = 1.0
"""How long video rests after a drop; a keyframe is large, and at once it would be dropped as well."""
RATE_SECONDS = 0.5
_HALF = 0x8000
_RECENT = 0xFC00
"""A distance beyond this is up to 1024 packets in the past."""


class Forwarder:
    """The outgoing stream of one seat and kind.

    `send(packet, droppable)` protects and sends; it answers False when the path has too much waiting.
    Video passes only from a keyframe on, after each change of source and after a drop.
    """

    __slots__ = (
        "_at",
        "_bps",
        "_cache",
        "_first",
        "_fresh",
        "_header",
        "_rated",
        "_rests_until",
        "_rtx_header",
        "_rtx_sequence",
        "_send",
        "_sequence",
        "_sequence_offset",
        "_switched_at",
        "_timestamp",
        "_timestamp_offset",
        "_told",
        "gated",
        "kind",
        "lost",
        "missing",
        "octets",
        "packets",
        "payload_type",
        "rate",
        "receiver",
        "rtx_packets",
        "rtx_payload_type",
        "rtx_ssrc",
        "source",
        "ssrc",
    )

    def __init__(
        self, section: Section, rate: int, receiver: ReceiverRate, send: Callable[[bytes, bool], bool]
    ) -> None:
        self.kind = section.kind
        self.rate = rate
        self.receiver = receiver
        self.payload_type = section.payload_type
        self.rtx_payload_type = section.rtx_payload_type
        self.ssrc = secrets.randbits(32) | 1
        self.rtx_ssrc = self.ssrc ^ 0x8000_0000 if section.rtx_payload_type is not None else None
        self._header = SeatHeader(self.ssrc, section.mid, section.extensions)
        self._rtx_header = SeatHeader(self.ssrc ^ 0x8000_0000, section.mid, section.extensions)
        self._send = send
        self._cache = PacketCache()
        self.source: UpTrack | None = None
        self.gated = False
        self.packets = self.octets = self.rtx_packets = 0
        self.missing = 0
        """How many packets of its sources never came here: gaps for whom they are forwarded to."""
        self.lost = 0
        """How many packets the way to the receiver has lost, by its reports."""
        self._fresh = False
        self._first = 0
        self._at: float | None = None
        self._switched_at = self._rests_until = 0.0
        # Low enough that the roll-over counter is unambiguous at the start (RFC 3711 section 3.3.1).
        self._sequence, self._timestamp = secrets.randbits(14), secrets.randbits(31)
        self._rtx_sequence = secrets.randbits(14)
        self._sequence_offset = self._timestamp_offset = 0
        self._rated = (0.0, 0)
        self._told = (0, 0)
        self._bps = 0.0

    def switch(self, source: UpTrack | None, now: float) -> None:
        """Carry `source` from now on, or nobody."""
        if self.source is source:
            return
        if self.source is not None:
            self.source.unsubscribe(self)
        self.source = source
        self._switched_at = now
        if source is not None:
            source.subscribe(self)
            self.source_restarted()
            if self.gated:
                source.ask_keyframe(source)

    def source_restarted(self) -> None:
        """Continue with a stream whose numbering is unrelated to the last one."""
        self._fresh = True
        self.gated = self.kind == "video"

    def forward(  # noqa: PLR0917  keywords cost on the packet path
        self,
        marker: int,
        sequence: int,
        timestamp: int,
        payload: bytes,
        level: int | None,
        keyframe: bool,
        now: float,
    ) -> None:
        """Send one packet of the source. This is the packet path."""
        if self.gated:
            if not keyframe or self.rests(now):
                return
            self.gated = False
        if self._fresh:
            marker = self._continue(marker, sequence, timestamp, now)
        if now - self._switched_at < SWITCH_SECONDS and (sequence - self._first) & 0xFFFF > _RECENT:
            return  # sent before the switch, late
        out_sequence = (sequence + self._sequence_offset) & 0xFFFF
        out_timestamp = (timestamp + self._timestamp_offset) & 0xFFFFFFFF
        head = self._header.write(marker | self.payload_type, out_sequence, out_timestamp, now, level)
        video = self.kind == "video"
        if not self._send(head + payload, video):
            self._choke(now)
            return
        step = (out_sequence - self._sequence) & 0xFFFF
        if step < _HALF:
            self.missing += step - 1
            self._sequence, self._timestamp, self._at = out_sequence, out_timestamp, now
        else:
            self.missing -= 1
        self.packets += 1
        self.octets += len(payload)
        if video and self.rtx_payload_type is not None:
            self._cache.put(CachedPacket(out_sequence, marker, out_timestamp, payload, now))

    def resend(self, sequence: int, now: float) -> bool:
        """Answer a NACK from the cache (RFC 4588); say whether anything was sent."""
        if self.rtx_payload_type is None:
            return False
        packet = self._cache.take(sequence, now, self.receiver.rtt)
        if packet is None:
            return False
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        self.rtx_packets += 1
        head = self._rtx_header.write(
            packet.marker | self.rtx_payload_type, self._rtx_sequence, packet.timestamp, now, None
        )
        return self._send(head + sequence.to_bytes(2, "big") + packet.payload, True)

    def sender_report(self, now: float) -> bytes | None:
        """Return the SR of this stream, on the clock that audio and video of a seat share."""
        source = self.source
        if source is None or self._at is None or not self.packets:
            return None
        at, timestamp = self._at, self._timestamp
        if source.report is not None and not self._fresh:
            at, timestamp = source.report[0], (source.report[1] + self._timestamp_offset) & 0xFFFFFFFF
        elapsed = now - at
        return rtcp.write_sender_report(
            rtcp.SenderReport(
                self.ssrc,
                rtcp.ntp_of(now),
                (timestamp + int(elapsed * self.rate)) & 0xFFFFFFFF,
                self.packets & 0xFFFFFFFF,
                self.octets & 0xFFFFFFFF,
            )
        )

    def missing_share(self) -> float:
        """Return which part of the stream never came here since the last call."""
        missing, all_ = self._told
        self._told = self.missing, self.missing + self.packets
        return (self._told[0] - missing) / max(1, self._told[1] - all_)

    def rests(self, now: float) -> bool:
        """Say whether even a keyframe would be of no use now."""
        return now < self._rests_until

    def share_bps(self) -> int:
        """Return what of the receiver's rate falls to this stream."""
        return self.receiver.takes_bps() // self.receiver.videos

    def sent_bps(self, now: float) -> float:
        """Return the rate of this stream since the last call that is at least half a second ago."""
        at, octets = self._rated
        if now - at >= RATE_SECONDS:
            self._bps = (self.octets - octets) * 8 / (now - at)
            self._rated = (now, self.octets)
        return self._bps

    def _choke(self, now: float) -> None:
        """Stop the picture until the line has recovered, and let its sender know."""
        self.gated = self._fresh = self.receiver.is_choked = True
        self._switched_at = now
        self._rests_until = now + CHOKED_SECONDS

    def _continue(self, marker: int, sequence: int, timestamp: int, now: float) -> int:
        """Fit a new source's numbering to where the last one stopped; return the marker to send."""
        self._fresh = False
        self._first = sequence
        elapsed = 0 if self._at is None else max(1, round((now - self._at) * self.rate))
        self._sequence_offset = self._sequence + 1 - sequence
        self._timestamp_offset = self._timestamp + elapsed - timestamp
        return marker | 0x80 if self.kind == "audio" else marker
