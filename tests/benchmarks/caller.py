"""A WebRTC caller cheap enough for hundreds: offer, STUN check, DTLS as client, SRTP keys."""

import asyncio
import re
import select
import socket
import time
from collections.abc import Awaitable, Callable

from aioice import stun
from OpenSSL import SSL
from pylibsrtp import Policy

from server.clock import utc_now
from tests.benchmarks.load import Media
from webrtc.dtls import Certificate

PROFILE, KEY, SALT = Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12
MID_ID, TWCC_ID = 4, 3
PASSWORD = "load" * 6
TWCC_URI = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

Exchange = Callable[[str], Awaitable[str]]
"""Gives a server our offer and returns its answer."""


def offer(fingerprint: str, port: int, *, seats: int, both_ways: bool) -> str:
    """Return what a browser offers: audio and video to send, then `seats` pairs to receive.

    `both_ways` offers sendrecv and no seats, which is what an echo test wants.
    """
    kinds = ["audio", "video"] + ["audio", "video"] * seats
    lines = ["v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0"]
    lines += ["a=group:BUNDLE " + " ".join(str(i) for i in range(len(kinds)))]
    for mid, kind in enumerate(kinds):
        video = kind == "video"
        types = "96 97" if video else "111"
        sends = "sendrecv" if both_ways else "sendonly" if mid < 2 else "recvonly"
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {types}", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0"]
        lines += ["a=ice-ufrag:load", f"a=ice-pwd:{PASSWORD}", "a=ice-options:trickle"]
        lines += [f"a=fingerprint:sha-256 {fingerprint}", "a=setup:active", f"a=mid:{mid}", f"a={sends}"]
        lines += [f"a=extmap:{MID_ID} urn:ietf:params:rtp-hdrext:sdes:mid", f"a=extmap:{TWCC_ID} {TWCC_URI}"]
        lines += ["a=rtcp-mux", "a=rtcp-rsize"]
        if video:
            lines += ["a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 goog-remb", "a=rtcp-fb:96 transport-cc"]
            lines += ["a=rtcp-fb:96 ccm fir", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli"]
            lines += ["a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96"]
        else:
            lines += ["a=rtpmap:111 opus/48000/2", "a=rtcp-fb:111 transport-cc", "a=fmtp:111 useinbandfec=1"]
        if sends != "recvonly":
            lines += [f"a=ssrc:{65536 + mid} cname:load"]
        if mid == 0:
            lines += [f"a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host", "a=end-of-candidates"]
    return "\r\n".join(lines) + "\r\n"


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"the answer has no {pattern}")
    return match.group(1)


class Caller:
    """One endpoint, connected by `connect` and then handed to the load generator."""

    def __init__(self, certificate: Certificate) -> None:
        self._ssl = SSL.Connection(certificate.context)
        self._ssl.set_connect_state()
        self._ssl.set_ciphertext_mtu(1200)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sock.bind(("0.0.0.0", 0))  # noqa: S104  (Janus offers no loopback candidate)

    def connect(self, answer: str) -> Media:
        """Finish ICE and DTLS with the server that gave this answer; blocks for some milliseconds."""
        host, port = _found(r"a=candidate:\S+ 1 (?:udp|UDP) \d+ (\d+\.\d+\.\d+\.\d+ \d+)", answer).split()
        address = (host, int(port))
        check = self._check(answer)
        self.sock.sendto(check, address)
        self._handshake(address, check)
        keys = self._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (KEY + SALT))
        client = keys[:KEY] + keys[2 * KEY : 2 * KEY + SALT]
        server = keys[KEY : 2 * KEY] + keys[2 * KEY + SALT :]
        self.sock.setblocking(False)
        has = {uri: int(n) for n, uri in re.findall(r"a=extmap:(\d+)\S* (\S+)", answer)}
        return Media(
            sock=self.sock,
            address=address,
            out_key=client,
            in_key=server,
            profile=PROFILE,
            mid_id=has.get("urn:ietf:params:rtp-hdrext:sdes:mid", 0),
            twcc_id=has.get(TWCC_URI, 0),
            consent=check,
        )

    @staticmethod
    def _check(answer: str) -> bytes:
        user, password = _found(r"a=ice-ufrag:(\S+)", answer), _found(r"a=ice-pwd:(\S+)", answer)
        request = stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{user}:load"
        request.attributes["PRIORITY"] = 1 << 24
        request.attributes["ICE-CONTROLLING"] = 7
        request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(password.encode())
        request.add_fingerprint()
        return bytes(request)

    def _receive(self, seconds: float) -> bytes:
        return self.sock.recv(4096) if select.select([self.sock], [], [], seconds)[0] else b""

    def _handshake(self, address: tuple[str, int], check: bytes) -> None:
        give_up = time.monotonic() + 5
        while time.monotonic() < give_up:
            try:
                self._ssl.do_handshake()
            except SSL.WantReadError:
                self._flush(address)
                received = self._receive(0.2)
                if received and 20 <= received[0] < 64:
                    self._ssl.bio_write(received)
                elif received and received[0] == 0:
                    self._reply(received, address)
                elif not received:
                    self.sock.sendto(check, address)
                    self._ssl.DTLSv1_handle_timeout()
            else:
                self._flush(address)
                return
        raise TimeoutError("no DTLS handshake")

    def _reply(self, received: bytes, address: tuple[str, int]) -> None:
        request = stun.parse_message(received)
        if request.message_class != stun.Class.REQUEST:
            return
        reply = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, request.transaction_id)
        reply.attributes["XOR-MAPPED-ADDRESS"] = address
        reply.add_message_integrity(PASSWORD.encode())
        reply.add_fingerprint()
        self.sock.sendto(bytes(reply), address)

    def _flush(self, address: tuple[str, int]) -> None:
        while True:
            try:
                flight = self._ssl.bio_read(65536)
            except SSL.WantReadError:
                return
            while flight:
                size = 13 + int.from_bytes(flight[11:13], "big")
                self.sock.sendto(flight[:size], address)
                flight = flight[size:]


async def connect_all(count: int, exchange: Exchange, *, seats: int, both_ways: bool) -> list[Media]:
    """Connect `count` callers to one server, a few at a time."""
    certificate = Certificate(utc_now())
    certificate.context.set_tlsext_use_srtp(b"SRTP_AEAD_AES_256_GCM")
    gate = asyncio.Semaphore(16)

    async def one() -> Media:
        async with gate:
            caller = Caller(certificate)
            port = caller.sock.getsockname()[1]
            answer = await exchange(offer(certificate.fingerprint, port, seats=seats, both_ways=both_ways))
            return await asyncio.to_thread(caller.connect, answer)

    return list(await asyncio.gather(*(one() for _ in range(count))))
