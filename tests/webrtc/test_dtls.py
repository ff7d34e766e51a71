"""The handshake ends with the signalled peer or not at all, and both sides derive the same keys."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from OpenSSL import SSL

from tests.support.media_dtls import DtlsClient
from tests.support.media_peer import BEGINNING
from webrtc.dtls import MTU_BYTES, Certificate, DtlsServer
from webrtc.errors import HandshakeFailed, PacketRefused
from webrtc.srtp_session import MAX_CLEAR_BYTES, SRTP_ERRORS, SrtpSession

SERVER = Certificate(BEGINNING)
RTP = b"\x80\x60\x00\x01" + bytes(8)


def shake(server: DtlsServer, client: DtlsClient) -> None:
    """Carry datagrams until nothing is left to carry."""
    towards_server = client.step([])
    while towards_server:
        answers = [answer for datagram in towards_server for answer in server.receive(datagram)]
        assert all(len(answer) <= MTU_BYTES for answer in answers)
        towards_server = client.step(answers)


def test_the_handshake_gives_both_sides_the_same_keys() -> None:
    client = DtlsClient(BEGINNING)
    server = DtlsServer(SERVER, client.fingerprint)
    shake(server, client)
    assert server.keys is not None
    theirs, ours = SrtpSession(client.keys()), SrtpSession(server.keys)
    assert ours.unprotect(theirs.protect(RTP + b"up")) == RTP + b"up"
    assert theirs.unprotect(ours.protect(RTP + b"down")) == RTP + b"down"
    assert server.keys.profile.name == "SRTP_AEAD_AES_256_GCM"


def test_another_certificate_than_the_signalled_one_is_refused() -> None:
    server = DtlsServer(SERVER, DtlsClient(BEGINNING).fingerprint)
    with pytest.raises(HandshakeFailed, match="not the signalled one"):
        shake(server, DtlsClient(BEGINNING))
    assert server.keys is None


def test_a_client_without_srtp_is_refused() -> None:
    client = DtlsClient(BEGINNING, profiles=b"")
    server = DtlsServer(SERVER, client.fingerprint)
    with pytest.raises((HandshakeFailed, SSL.Error)):
        shake(server, client)
    assert server.keys is None


def test_goodbye_is_heard() -> None:
    client = DtlsClient(BEGINNING)
    server = DtlsServer(SERVER, client.fingerprint)
    assert server.close() == []
    shake(server, client)
    for datagram in client.goodbye():
        server.receive(datagram)
    assert server.closed
    assert server.close() == []


def test_nothing_is_repeated_before_the_handshake_began_or_after_it_ended() -> None:
    client = DtlsClient(BEGINNING)
    server = DtlsServer(SERVER, client.fingerprint)
    assert server.timeout() == []
    shake(server, client)
    assert server.timeout() == []
    assert server.close() != []


@settings(deadline=None, max_examples=40)
@given(st.binary(min_size=1, max_size=80))
def test_garbage_fails_the_handshake_or_is_ignored(data: bytes) -> None:
    server = DtlsServer(SERVER, "")
    try:
        server.receive(b"\x16\xfe\xfd" + data)
    except HandshakeFailed:
        return
    assert server.keys is None


def test_a_packet_is_taken_once_and_a_forged_one_never() -> None:
    client = DtlsClient(BEGINNING)
    server = DtlsServer(SERVER, client.fingerprint)
    shake(server, client)
    assert server.keys is not None
    theirs, ours = SrtpSession(client.keys()), SrtpSession(server.keys)
    packet = theirs.protect(RTP + b"x")
    ours.unprotect(packet)
    for wrong in (packet, packet[:-1] + b"\0", b"", RTP):
        with pytest.raises(SRTP_ERRORS):
            ours.unprotect(wrong)
    with pytest.raises(PacketRefused):
        ours.open_rtcp(packet)


def test_a_packet_at_the_limit_is_protected_and_a_longer_one_refused() -> None:
    client = DtlsClient(BEGINNING)
    server = DtlsServer(SERVER, client.fingerprint)
    shake(server, client)
    assert server.keys is not None
    ours = SrtpSession(server.keys)
    ours.protect(RTP + bytes(MAX_CLEAR_BYTES - len(RTP)))
    with pytest.raises(SRTP_ERRORS):
        ours.protect(RTP + bytes(MAX_CLEAR_BYTES - len(RTP) + 1))
    with pytest.raises(PacketRefused):
        ours.seal_rtcp(bytes(MAX_CLEAR_BYTES + 200))
