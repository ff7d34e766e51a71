"""What media refuses, as sentences with fields; every error of this room descends from MediaError."""


class MediaError(Exception):
    """The base of everything that `webrtc` refuses."""


class MessageRefused(MediaError):
    """A signalling message breaks the protocol; `code` goes back to the browser, `field` names the place."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(f"signalling message refused: {code}{f' ({field})' if field else ''}")
        self.code = code
        self.field = field


class OfferRefused(MediaError):
    """An offer cannot be answered; `code` goes back to the browser, `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"offer refused: {code}{f' ({detail})' if detail else ''}")
        self.code = code
        self.detail = detail


class StunMalformed(MediaError):
    """A datagram looked like STUN and is not a well-formed message (RFC 8489 section 5)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"malformed STUN message: {reason}")
        self.reason = reason


class HandshakeFailed(MediaError):
    """The DTLS handshake broke off or ended with somebody else than signalling announced."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"DTLS handshake failed: {reason}")
        self.reason = reason


class PacketRefused(MediaError):
    """An RTP or RTCP packet is forged, replayed, malformed or too long."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"packet refused: {reason}")
        self.reason = reason


class FrameRefused(MediaError):
    """A frame of a stream is too long; on the control channel, also one that is no JSON object."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"frame refused: {reason}")
        self.reason = reason


class CannotListen(MediaError):
    """A port cannot be had; `protocol` names the half of it, UDP or TCP."""

    def __init__(self, protocol: str, host: str, port: int, reason: str) -> None:
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        super().__init__(f"cannot listen on {protocol} {place}: {reason}")
        self.protocol = protocol


class CommandRefused(MediaError):
    """The web process asked for something that this node does not know or cannot place."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"command refused: {reason}")
        self.reason = reason
