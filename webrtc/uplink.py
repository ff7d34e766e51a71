"""All that one participant sends: their packets taken apart, and the feedback that keeps them coming well."""

import struct
from collections.abc import Callable
from time import monotonic, monotonic_ns

from webrtc import rtcp
from webrtc.errors import PacketRefused
from webrtc.feedback import DEFAULT_CAP_BPS, TransportFeedback, sender_cap
from webrtc.ports import Kind
from webrtc.rtp_header import FIXED, HEADER_BYTES, ONE_BYTE_PROFILE
from webrtc.sdp import Offer, Section
from webrtc.up_track import UpTrack

_EXTENSION = struct.Struct("!HH")
_RTX_HEAD_BYTES = 2
_CLOCK_DRIFT_PER_REPORT = 0.0005


class Uplink:
    """The two tracks of a peer's sending sections; `send_rtcp` protects and sends."""

    __slots__ = (
        "_clock_offset",
        "_extensions",
        "_feedback",
        "_send_rtcp",
        "_tracks",
        "audio",
        "on_report",
        "remb_bps",
        "rtt",
        "video",
    )

    def __init__(self, offer: Offer, send_rtcp: Callable[[bytes], None]) -> None:
        audio, video = offer.sections[0], offer.sections[1]
        self._send_rtcp = send_rtcp
        self.audio, self.video = UpTrack("audio"), UpTrack("video")
        self._tracks: dict[int, tuple[UpTrack, bool, dict[int, str]]] = {}
        for track, section in ((self.audio, audio), (self.video, video)):
            self._register(track, section)
            track.ask_keyframe = self._ask_keyframe
            track.ask_nack = self._ask_nack
        negotiated = "transport_cc" in audio.extensions or "transport_cc" in video.extensions
        self._feedback = TransportFeedback() if negotiated else None
        self._clock_offset: float | None = None
        self.on_report: Callable[[UpTrack], None] = lambda _: None
        self.remb_bps = DEFAULT_CAP_BPS
        self.rtt = 0.0

    def track(self, kind: Kind) -> UpTrack:
        """Return the track of a kind."""
        return self.audio if kind == "audio" else self.video

    def receive(self, packet: bytes, now: float) -> None:  # noqa: C901, PLR0912  the packet path
        """Take one clear RTP packet, or raise PacketRefused. This is the packet path."""
        size = len(packet)
        if size < HEADER_BYTES:
            raise PacketRefused("no RTP header")
        first, second, sequence, timestamp, ssrc = FIXED.unpack_from(packet)
        known = self._tracks.get(second & 0x7F)
        if known is None:
            return
        track, repeated, names = known
        offset = HEADER_BYTES + 4 * (first & 15)
        level = None
        if first & 0x10:
            if offset + 4 > size:
                raise PacketRefused("extension is cut short")
            profile, words = _EXTENSION.unpack_from(packet, offset)
            at = offset + 4
            offset = at + 4 * words
            if offset > size:
                raise PacketRefused("extension is cut short")
            if profile == ONE_BYTE_PROFILE:
                while at + 1 < offset:
                    head = packet[at]
                    if not head:
                        at += 1
                        continue
                    name = names.get(head >> 4)
                    if name == "transport_cc":
                        if self._feedback is not None and at + 2 < size:
                            self._feedback.arrivals.append(
                                (packet[at + 1] << 8 | packet[at + 2], monotonic_ns() // 1000)
                            )
                    elif name == "level":
                        level = packet[at + 1]
                    at += 2 + (head & 15)
        end = size - packet[-1] if first & 0x20 else size
        if end < offset:
            raise PacketRefused("padding exceeds the packet")
        if repeated:
            if end - offset < _RTX_HEAD_BYTES:
                return  # a probe without a packet in it
            sequence = packet[offset] << 8 | packet[offset + 1]
            offset += _RTX_HEAD_BYTES
            if track.ssrc is None:
                return
            before = track.received
            track.receive(second & 0x80, sequence, timestamp, packet[offset:end], level, now)
            track.repaired += track.received - before
            return
        if track.ssrc != ssrc:
            track.begin(ssrc)
        track.receive(second & 0x80, sequence, timestamp, packet[offset:end], level, now)

    def sender_report(self, report: rtcp.SenderReport, now: float) -> None:
        """Learn where a track's timestamps lie on the clock that both tracks share."""
        sent_at = rtcp.seconds_of(report.ntp)
        offset = now - sent_at
        if self._clock_offset is not None:
            offset = min(offset, self._clock_offset + _CLOCK_DRIFT_PER_REPORT)
        self._clock_offset = offset
        for track in (self.audio, self.video):
            if track.ssrc == report.ssrc:
                track.report = (sent_at + offset, report.timestamp)
                track.reception.sr_ntp, track.reception.sr_at = report.ntp, now
                self.on_report(track)

    def tick(self, now: float) -> None:
        """Send what is due every 50 ms: arrival times, repeated NACKs, repeated keyframe requests."""
        ssrc = self.video.ssrc or self.audio.ssrc
        if ssrc is None:
            return
        if self._feedback is not None:
            feedback = self._feedback.build(ssrc)
            if feedback is not None:
                self._send_rtcp(feedback)
        self._tick_video(self.video, now)

    def _tick_video(self, video: UpTrack, now: float) -> None:
        if video.ssrc is None:
            return
        if video.nacks:
            wanted = video.nacks.due(now, self.rtt)
            if wanted:
                self._send_rtcp(rtcp.write_nack(video.ssrc, wanted))
        if video.nacks.gave_up:
            video.nacks.gave_up = False
            if video.recording is not None:
                video.keyframes.wanted = True
        if any(forwarder.gated and not forwarder.rests(now) for forwarder in video.forwarders):
            video.keyframes.wanted = True
        if video.keyframes.due(now, recorded=video.recording is not None):
            self._send_rtcp(rtcp.write_pli(video.ssrc))

    def report(self, now: float) -> None:
        """Send what is due every second: the receiver report and the cap."""
        blocks = [
            track.reception.block(track.ssrc, track.top, track.jitter, now)
            for track in (self.audio, self.video)
            if track.ssrc is not None and track.top is not None
        ]
        if not blocks:
            return
        packet = rtcp.write_receiver_report(blocks)
        if self.video.ssrc is not None:
            self.remb_bps = sender_cap(forwarder.share_bps() for forwarder in self.video.forwarders)
            packet += rtcp.write_remb(self.remb_bps, (self.video.ssrc,))
        self._send_rtcp(packet)

    def _register(self, track: UpTrack, section: Section) -> None:
        names = {number: name for name, number in section.extensions.items()}
        self._tracks[section.payload_type] = (track, False, names)
        if section.rtx_payload_type is not None:
            self._tracks[section.rtx_payload_type] = (track, True, names)

    def _ask_keyframe(self, track: UpTrack) -> None:
        if track.keyframes.want(monotonic()) and track.ssrc is not None:
            self._send_rtcp(rtcp.write_pli(track.ssrc))

    def _ask_nack(self, track: UpTrack, sequences: list[int]) -> None:
        if track.ssrc is not None:
            self._send_rtcp(rtcp.write_nack(track.ssrc, sequences))
