"""All that one participant receives: their seats, and what they report about them."""

from collections.abc import Callable

from webrtc import rtcp
from webrtc.depacketizer import AUDIO_RATE, VIDEO_RATE
from webrtc.feedback import ReceiverRate
from webrtc.forwarder import Forwarder
from webrtc.ports import Kind
from webrtc.sdp import Section, Stream
from webrtc.uplink import Uplink

_RATES: dict[Kind, int] = {"audio": AUDIO_RATE, "video": VIDEO_RATE}


class Downlink:
    """The seats of a peer, in the offer's order; `send` and `send_rtcp` protect and send."""

    __slots__ = ("_by_ssrc", "_send", "_send_rtcp", "forwarders", "receiver")

    def __init__(self, send: Callable[[bytes, bool], bool], send_rtcp: Callable[[bytes], None]) -> None:
        self._send = send
        self._send_rtcp = send_rtcp
        self.receiver = ReceiverRate()
        self.forwarders: list[Forwarder] = []
        self._by_ssrc: dict[int, Forwarder] = {}

    @property
    def streams(self) -> list[Stream]:
        """The SSRCs of every receiving section, as the answer needs them."""
        return [Stream(forwarder.ssrc, forwarder.rtx_ssrc) for forwarder in self.forwarders]

    @property
    def missing(self) -> int:
        """How many packets that the receiver misses were lost on the way here, by those who sent them."""
        return sum(forwarder.missing for forwarder in self.forwarders)

    def extend(self, sections: tuple[Section, ...]) -> None:
        """Make forwarders for receiving sections that are new."""
        for section in sections[len(self.forwarders) :]:
            forwarder = Forwarder(section, _RATES[section.kind], self.receiver, self._send)
            self.forwarders.append(forwarder)
            self._by_ssrc[forwarder.ssrc] = forwarder

    def assign(self, seat: int, source: Uplink | None, kinds: tuple[Kind, ...], now: float) -> None:
        """Let `source` be received on a seat, or nobody."""
        for forwarder in self.forwarders[2 * seat : 2 * seat + 2]:
            wanted = source is not None and forwarder.kind in kinds
            forwarder.switch(source.track(forwarder.kind) if source is not None and wanted else None, now)
        shown = sum(
            1 for forwarder in self.forwarders if forwarder.kind == "video" and forwarder.source is not None
        )
        self.receiver.videos = max(1, shown)

    def clear(self, now: float) -> None:
        """Receive nobody any more."""
        for forwarder in self.forwarders:
            forwarder.switch(None, now)

    def take(self, packet: rtcp.RtcpPacket, now: float) -> None:
        """Follow one RTCP packet of the receiver's: requests, estimates and reports."""
        if packet.packet_type == rtcp.PAYLOAD_FEEDBACK and packet.subtype in (rtcp.PLI, rtcp.FIR):
            forwarder = self._about(packet)
            if forwarder is not None and forwarder.source is not None and not forwarder.rests(now):
                forwarder.source.ask_keyframe(forwarder.source)
        elif packet.packet_type == rtcp.TRANSPORT_FEEDBACK and packet.subtype == rtcp.NACK:
            forwarder = self._about(packet)
            for sequence in rtcp.read_nack(packet) if forwarder is not None else ():
                if forwarder is not None:
                    forwarder.resend(sequence, now)
        elif packet.packet_type == rtcp.PAYLOAD_FEEDBACK and packet.subtype == rtcp.APPLICATION:
            rate = rtcp.read_remb(packet)
            if rate is not None:
                self.receiver.remb(rate, self._sent_bps(now), now)
        elif packet.packet_type in (rtcp.SENDER_REPORT, rtcp.RECEIVER_REPORT):
            self._reports(packet, now)

    def report(self, now: float) -> None:
        """Send the sender reports of all seats in use; due every second."""
        if self.receiver.is_choked:
            self.receiver.choke(self._sent_bps(now), now)
        else:
            self.receiver.grow(now)
        reports = [forwarder.sender_report(now) for forwarder in self.forwarders]
        compound = b"".join(report for report in reports if report is not None)
        if compound:
            self._send_rtcp(compound)

    def _sent_bps(self, now: float) -> float:
        return sum(forwarder.sent_bps(now) for forwarder in self.forwarders)

    def _about(self, packet: rtcp.RtcpPacket) -> Forwarder | None:
        ssrc = rtcp.read_media_ssrc(packet)
        return self._by_ssrc.get(ssrc) if ssrc is not None else None

    def _reports(self, packet: rtcp.RtcpPacket, now: float) -> None:
        for block in rtcp.read_report_blocks(packet):
            forwarder = self._by_ssrc.get(block.ssrc)
            if forwarder is None:
                continue
            self.receiver.report(block, now)
            forwarder.lost = max(forwarder.lost, rtcp.signed_loss(block) - forwarder.missing)
            if forwarder.kind == "video":
                lost = block.fraction_lost / 256 - forwarder.missing_share()
                self.receiver.loss(lost, self._sent_bps(now), now)
