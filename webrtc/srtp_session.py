"""SRTP for one peer: both directions over libsrtp, with its limits made explicit (RFC 3711, RFC 7714).

libsrtp is called as pylibsrtp binds it, past its `Session`: a transform keeps its buffer and makes nothing
but the packet that it returns. The binding's names are private, and used in no other file.
"""

from collections.abc import Callable
from typing import Any

import pylibsrtp
from pylibsrtp import _binding as binding

from webrtc.dtls import SrtpKeys
from webrtc.errors import PacketRefused

MAX_PACKET_BYTES = 2048
TRAILER_BYTES = 148
"""What libsrtp may add at most: the tag and the key identifier, of RTCP the index too."""
MAX_CLEAR_BYTES = MAX_PACKET_BYTES - TRAILER_BYTES
"""No longer packet is protected."""

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
        library = binding.lib
        self.unprotect = _transform(inbound, library.srtp_unprotect, MAX_PACKET_BYTES)
        self.unprotect_rtcp = _transform(inbound, library.srtp_unprotect_rtcp, MAX_PACKET_BYTES)
        self.protect = _transform(outbound, library.srtp_protect, MAX_CLEAR_BYTES)
        self.protect_rtcp = _transform(outbound, library.srtp_protect_rtcp, MAX_CLEAR_BYTES)

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


def _transform(session: pylibsrtp.Session, function: Callable[..., int], most: int) -> Transform:
    """Return one direction of a session as a function of a packet. This is the packet path."""
    handle: Any = session._srtp  # noqa: SLF001  libsrtp's session lives as long as this does
    place = binding.ffi.new("char[]", MAX_PACKET_BYTES)
    buffer = binding.ffi.buffer(place)
    length = binding.ffi.new("int *")

    def transform(packet: bytes) -> bytes:
        size = len(packet)
        if size > most:
            raise ValueError("packet is too long")
        buffer[:size] = packet
        length[0] = size
        status = function(handle[0], place, length)
        if status:
            raise pylibsrtp.Error(status)
        made: bytes = buffer[: length[0]]
        return made

    return transform
