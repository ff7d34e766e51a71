"""The passive side of a DTLS-SRTP handshake in memory: datagrams in, datagrams and keys out (RFC 5764)."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import SSL

from webrtc.errors import HandshakeFailed

MTU_BYTES = 1200
CERTIFICATE_DAYS = 30
_RECORD_HEADER_BYTES = 13
_READ_BYTES = 65_536
_EXPORT_LABEL = b"EXTRACTOR-dtls_srtp"


@dataclass(frozen=True, slots=True)
class SrtpProfile:
    """Sizes of an SRTP protection profile in bytes."""

    name: str
    key_bytes: int
    salt_bytes: int


PROFILES = {
    profile.name.encode(): profile
    for profile in (
        SrtpProfile("SRTP_AEAD_AES_256_GCM", 32, 12),
        SrtpProfile("SRTP_AEAD_AES_128_GCM", 16, 12),
        SrtpProfile("SRTP_AES128_CM_SHA1_80", 16, 14),
    )
}


@dataclass(frozen=True, slots=True)
class SrtpKeys:
    """Key and salt of each direction, as exported (RFC 5764 section 4.2)."""

    profile: SrtpProfile
    from_peer: bytes
    to_peer: bytes


class Certificate:
    """A node's throw-away certificate and the DTLS settings that go with it; `now` dates it."""

    __slots__ = ("context", "fingerprint")

    def __init__(self, now: datetime) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "parloir")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=CERTIFICATE_DAYS))
            .sign(key, hashes.SHA256())
        )
        self.fingerprint = fingerprint_of(certificate)
        self.context = SSL.Context(SSL.DTLS_METHOD)
        self.context.set_options(SSL.OP_NO_TICKET | SSL.OP_NO_QUERY_MTU | SSL.OP_NO_RENEGOTIATION)
        # Peers sign their own certificates; the fingerprint from signalling decides who they are.
        self.context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        self.context.use_certificate(certificate)
        self.context.use_privatekey(key)
        self.context.set_tlsext_use_srtp(b":".join(PROFILES))


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 fingerprint as SDP writes it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


class DtlsServer:
    """One handshake; after it only alerts matter."""

    __slots__ = ("_connection", "_expected", "closed", "keys")

    def __init__(self, certificate: Certificate, expected_fingerprint: str) -> None:
        self._connection = SSL.Connection(certificate.context)
        self._connection.set_ciphertext_mtu(MTU_BYTES)
        self._connection.set_accept_state()
        self._expected = expected_fingerprint
        self.keys: SrtpKeys | None = None
        self.closed = False

    def receive(self, datagram: bytes) -> list[bytes]:
        """Take a datagram; return those to send. Raises HandshakeFailed once there is no hope."""
        self._connection.bio_write(datagram)
        if self.keys is None:
            self._shake()
        else:
            self._read()
        return self._pending()

    def timeout(self) -> list[bytes]:
        """Return what is to be sent again, when its time has come (RFC 6347 section 4.2.4)."""
        if self.keys is not None or self._connection.DTLSv1_get_timeout() is None:
            return []
        try:
            self._connection.DTLSv1_handle_timeout()
        except SSL.Error as error:
            raise HandshakeFailed(f"retransmission: {error}") from error
        return self._pending()

    def close(self) -> list[bytes]:
        """Return the closing alert, if the handshake was done."""
        if self.keys is None or self.closed:
            return []
        self.closed = True
        try:
            self._connection.shutdown()
        except SSL.Error:
            return []
        return self._pending()

    def _shake(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error as error:
            raise HandshakeFailed(str(error)) from error
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None or not hmac.compare_digest(fingerprint_of(certificate), self._expected):
            raise HandshakeFailed("the certificate is not the signalled one")
        self.keys = self._export()

    def _export(self) -> SrtpKeys:
        profile = PROFILES.get(self._connection.get_selected_srtp_profile())
        if profile is None:
            raise HandshakeFailed("no common SRTP profile")
        key, salt = profile.key_bytes, profile.salt_bytes
        material = self._connection.export_keying_material(_EXPORT_LABEL, 2 * (key + salt))
        salts = material[2 * key :]
        return SrtpKeys(profile, material[:key] + salts[:salt], material[key : 2 * key] + salts[salt:])

    def _read(self) -> None:
        try:
            self._connection.recv(2048)
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.Error:
            return

    def _pending(self) -> list[bytes]:
        """Cut what OpenSSL wrote into datagrams at record boundaries."""
        datagrams: list[bytes] = []
        try:
            written = self._connection.bio_read(_READ_BYTES)
        except SSL.Error:
            return datagrams
        current = b""
        while written:
            size = _RECORD_HEADER_BYTES + int.from_bytes(written[11:13], "big")
            if current and len(current) + size > MTU_BYTES:
                datagrams.append(current)
                current = b""
            current += written[:size]
            written = written[size:]
        return [*datagrams, current]
