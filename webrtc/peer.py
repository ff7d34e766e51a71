"""One participant's connection: its offer answered, its handshake made, its packets taken apart and fed."""

from collections.abc import Callable
from time import monotonic
from typing import Literal

import structlog

from webrtc import rtcp
from webrtc.checks import Checks
from webrtc.downlink import Downlink
from webrtc.dtls import Certificate, DtlsServer
from webrtc.errors import HandshakeFailed, OfferRefused, PacketRefused
from webrtc.ice_lite import IceLite
from webrtc.ports import Kind
from webrtc.sdp import Local, Offer, parse_offer, write_answer
from webrtc.srtp_session import SRTP_ERRORS, SrtpSession
from webrtc.uplink import Uplink

Turn = Literal["connected", "disconnected", "failed"]

_log = structlog.get_logger()
_RTCP_FIRST, _RTCP_LAST = 192, 223
_MEDIA_FIRST, _MEDIA_LAST = 128, 191
_DTLS_FIRST, _DTLS_LAST = 20, 63


class Peer:
    """A connection from its first offer on; `on_turn` hears that media is up, silent or cannot come up.

    `silence_seconds` without any authenticated packet count as gone; a packet brings the peer back.
    """

    __slots__ = (
        "_answers",
        "_candidates",
        "_certificate",
        "_checks",
        "_dtls",
        "_heard_at",
        "_offer",
        "_on_turn",
        "_silence_seconds",
        "_srtp",
        "_up",
        "cause",
        "downlink",
        "ice",
        "is_closed",
        "peer_id",
        "refused_packets",
        "stays_put",
        "uplink",
    )

    def __init__(
        self,
        peer_id: str,
        *,
        certificate: Certificate,
        checks: Checks,
        candidates: tuple[str, ...],
        silence_seconds: float,
        on_turn: Callable[[str, Turn], None],
    ) -> None:
        self.peer_id = peer_id
        self._certificate = certificate
        self._checks = checks
        self._candidates = candidates
        self._silence_seconds = silence_seconds
        self._on_turn = on_turn
        self._offer: Offer | None = None
        self._answers = 0
        self._dtls: DtlsServer | None = None
        self._srtp: SrtpSession | None = None
        self._heard_at = 0.0
        self._up = False
        self.cause = ""
        """Why media went down last, in a word or the handshake's own ones, for the log."""
        self.ice: IceLite | None = None
        self.uplink: Uplink | None = None
        self.downlink = Downlink(self._send_media, self._send_rtcp)
        self.refused_packets = 0
        self.is_closed = False
        self.stays_put = False
        """Whether the path of the handshake is the only one that is ever sent to."""

    @property
    def seats(self) -> int:
        """How many seats the offer holds."""
        return self._offer.seats if self._offer is not None else 0

    def answer(self, sdp: str) -> str:
        """Answer the first offer, more seats or an ICE restart; raises OfferRefused."""
        offer = parse_offer(sdp)
        if self.ice is None:
            self._begin(offer)
        else:
            self._check_same_session(offer)
            if offer.ufrag != self.ice.remote_ufrag:
                self._restart_ice(self.ice, offer)
        ice = self.ice
        if ice is None:
            raise OfferRefused("closed")
        self._offer = offer
        self.downlink.extend(offer.sections[2:])
        self._answers += 1
        local = Local(
            ice.credentials.ufrag,
            ice.credentials.password,
            self._certificate.fingerprint,
            self._candidates,
            self._answers,
        )
        return write_answer(offer, local, self.downlink.streams)

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from one of the peer's paths. This is the packet path."""
        first = datagram[0]
        if _MEDIA_FIRST <= first <= _MEDIA_LAST:
            srtp = self._srtp
            if srtp is None or self.uplink is None or len(datagram) < 2:  # noqa: PLR2004  the second byte tells
                return
            now = monotonic()
            try:
                if _RTCP_FIRST <= datagram[1] <= _RTCP_LAST:
                    self._take_rtcp(srtp.unprotect_rtcp(datagram), now)
                else:
                    self.uplink.receive(srtp.unprotect(datagram), now)
            except (*SRTP_ERRORS, PacketRefused):
                self.refused_packets += 1
                return
            self._heard_at = now
        elif _DTLS_FIRST <= first <= _DTLS_LAST and self._dtls is not None:
            if self.stays_put and self.ice is not None:
                self.ice.stays = True
            self._take_dtls(self._dtls, datagram)

    def checked(self, now: float) -> None:
        """Take note of an authenticated check."""
        self._heard_at = now

    def assign(self, seat: int, source: "Peer | None", kinds: tuple[Kind, ...]) -> None:
        """Let another peer be received on a seat, or nobody."""
        self.downlink.assign(seat, source.uplink if source is not None else None, kinds, monotonic())

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms: handshake, silence, feedback."""
        if self._dtls is not None and self._srtp is None:
            try:
                self._send_all(self._dtls.timeout())
            except HandshakeFailed as error:
                self._fail(error)
        elif self.uplink is not None and self._dtls is not None:
            self._notice_silence(now)
            self.uplink.tick(now)

    def report(self, now: float) -> None:
        """Do what is due every second: reports and consent."""
        if self._srtp is not None and self.uplink is not None:
            self.uplink.report(now)
            self.downlink.report(now)
        if self.ice is not None:
            lost, former = self.ice.expire(now)
            for path in lost:
                path.close()
            if lost and self.ice.path is None:
                _log.info("- path", peer=self.peer_id, cause="consent_expired")
            if former is not None:
                self._checks.forget(former.ufrag)

    def close(self) -> None:
        """Say goodbye and let everything go."""
        self.is_closed = True
        self.downlink.clear(monotonic())
        if self._dtls is not None:
            self._send_all(self._dtls.close())
        if self.ice is not None:
            for path in self.ice.paths:
                path.close()
            for credentials in (self.ice.credentials, self.ice.former):
                if credentials is not None:
                    self._checks.forget(credentials.ufrag)
        self.ice = self._dtls = self._srtp = None

    def _begin(self, offer: Offer) -> None:
        self.ice = IceLite(offer.ufrag)
        self._checks.register(self.ice.credentials.ufrag, self)
        self._dtls = DtlsServer(self._certificate, offer.fingerprint)
        self.uplink = Uplink(offer, self._send_rtcp)

    def _check_same_session(self, offer: Offer) -> None:
        before = self._offer
        if before is None:
            return
        if offer.fingerprint != before.fingerprint:
            raise OfferRefused("changed", "fingerprint")
        known = [section.identity for section in before.sections]
        if [section.identity for section in offer.sections[: len(known)]] != known:
            raise OfferRefused("changed", "sections")

    def _restart_ice(self, ice: IceLite, offer: Offer) -> None:
        dropped = ice.restart(offer.ufrag, monotonic())
        if dropped is not None:
            self._checks.forget(dropped.ufrag)
        self._checks.register(ice.credentials.ufrag, self)

    def _take_dtls(self, dtls: DtlsServer, datagram: bytes) -> None:
        try:
            self._send_all(dtls.receive(datagram))
        except HandshakeFailed as error:
            self._fail(error)
            return
        if dtls.closed:
            self.cause = "goodbye"
            self._turn(up=False)
        elif dtls.keys is not None and self._srtp is None:
            self._srtp = SrtpSession(dtls.keys)
            self._heard_at = monotonic()
            self._turn(up=True)

    def _take_rtcp(self, compound: bytes, now: float) -> None:
        for packet in rtcp.split(compound):
            if packet.packet_type == rtcp.SENDER_REPORT and self.uplink is not None:
                report = rtcp.read_sender_report(packet)
                if report is not None:
                    self.uplink.sender_report(report, now)
            self.downlink.take(packet, now)
        if self.uplink is not None:
            self.uplink.rtt = self.downlink.receiver.rtt

    def _notice_silence(self, now: float) -> None:
        silent = now - self._heard_at > self._silence_seconds
        if silent and self._up:
            self.cause = "silence"
            self._turn(up=False)
        elif not silent and not self._up and self._dtls is not None and not self._dtls.closed:
            self._turn(up=True)

    def _turn(self, *, up: bool) -> None:
        if up is not self._up:
            self._up = up
            self._on_turn(self.peer_id, "connected" if up else "disconnected")

    def _fail(self, error: HandshakeFailed) -> None:
        _log.warning("x handshake", peer=self.peer_id, reason=error.reason)
        self._dtls = None
        self.cause = error.reason
        self._on_turn(self.peer_id, "failed")

    def _send_media(self, packet: bytes, droppable: bool) -> bool:
        """Protect and send one RTP packet, unless it is video and too much waits. This is the packet path."""
        srtp, ice = self._srtp, self.ice
        path = ice.path if ice is not None else None
        if srtp is None or path is None:
            return True
        if droppable and path.is_full:
            return False  # before its number is used up: no number may protect two packets
        try:
            protected = srtp.protect(packet)
        except SRTP_ERRORS:
            self.refused_packets += 1  # longer than MAX_CLEAR_BYTES, which no browser sends
            return True
        path.send(protected, droppable=droppable)
        return True

    def _send_rtcp(self, packet: bytes) -> None:
        if self._srtp is not None:
            try:
                self._send_all([self._srtp.seal_rtcp(packet)])
            except PacketRefused:
                self.refused_packets += 1

    def _send_all(self, datagrams: list[bytes]) -> None:
        path = self.ice.path if self.ice is not None else None
        if path is not None:
            for datagram in datagrams:
                path.send(datagram)
