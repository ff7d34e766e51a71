"""SRTP for one peer: both directions over libsrtp, with its limits made explicit (RFC 3711, RFC 7714)."""

from collections.abc import Callable

import pylibsrtp

from webrtc.dtls import SrtpKeys
from webrtc.errors import PacketRefused

MAX_CLEAR_BYTES = 1356
"""pylibsrtp protects no longer packet: its buffer is 1500 bytes and libsrtp's trailer 144."""

REPLAY_WINDOW_PACKETS = 1024
_PROFILES = {
    "SRTP_AEAD_AES_256_GCM": pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM,
    "SRTP_AEAD_AES_128_GCM": pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    "SRTP_AES128_CM_SHA1_80": pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}

SRTP_ERRORS = (pylibsrtp.Error, ValueError)
"""What the functions of a session raise for a packet that is forged, replayed or too long."""

Transform = Callable[[bytes], bytes]


class SrtpSession:
    """The four transforms of one peer, raw for the packet path: they raise SRTP_ERRORS."""

    __slots__ = ("protect", "protect_rtcp", "unprotect", "unprotect_rtcp")

    def __init__(self, keys: SrtpKeys) -> None:
        inbound = _session(keys, keys.from_peer, pylibsrtp.Policy.SSRC_ANY_INBOUND)
        outbound = _session(keys, keys.to_peer, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
        self.unprotect: Transform = inbound.unprotect
        self.unprotect_rtcp: Transform = inbound.unprotect_rtcp
        self.protect: Transform = outbound.protect
        self.protect_rtcp: Transform = outbound.protect_rtcp

    def open_rtcp(self, datagram: bytes) -> bytes:
        """Return the clear RTCP packet, or raise PacketRefused."""
        try:
            return self.unprotect_rtcp(datagram)
        except SRTP_ERRORS as error:
            raise PacketRefused(str(error)) from error

    def seal_rtcp(self, packet: bytes) -> bytes:
        """Return the protected RTCP packet, or raise PacketRefused."""
        try:
            return self.protect_rtcp(packet)
        except SRTP_ERRORS as error:
            raise PacketRefused(str(error)) from error


def _session(keys: SrtpKeys, key: bytes, direction: int) -> pylibsrtp.Session:
    policy = pylibsrtp.Policy(key=key, ssrc_type=direction, srtp_profile=_PROFILES[keys.profile.name])
    policy.window_size = REPLAY_WINDOW_PACKETS
    return pylibsrtp.Session(policy)
