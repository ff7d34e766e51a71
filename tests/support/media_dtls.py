"""The active side of a DTLS-SRTP handshake, for tests of the passive one."""

from datetime import datetime

from OpenSSL import SSL

from webrtc.dtls import MTU_BYTES, PROFILES, Certificate, SrtpKeys


class DtlsClient:
    """Shakes hands with certificate and profiles of its own."""

    def __init__(self, now: datetime, profiles: bytes = b":".join(PROFILES)) -> None:
        certificate = Certificate(now)
        self.fingerprint = certificate.fingerprint
        context = certificate.context
        if not profiles:
            context = SSL.Context(SSL.DTLS_METHOD)
            context.set_verify(SSL.VERIFY_NONE)
        self._connection = SSL.Connection(context)
        self._connection.set_ciphertext_mtu(MTU_BYTES)
        self._connection.set_connect_state()

    def step(self, datagrams: list[bytes]) -> list[bytes]:
        """Take datagrams, return those to send."""
        for datagram in datagrams:
            self._connection.bio_write(datagram)
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return self._pending()
        return self._pending()

    def keys(self) -> SrtpKeys:
        """Return the keys with the server's view of the directions."""
        profile = PROFILES[self._connection.get_selected_srtp_profile()]
        key, salt = profile.key_bytes, profile.salt_bytes
        material = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        client = material[:key] + material[2 * key : 2 * key + salt]
        server = material[key : 2 * key] + material[2 * key + salt :]
        return SrtpKeys(profile, from_peer=server, to_peer=client)

    def goodbye(self) -> list[bytes]:
        self._connection.shutdown()
        return self._pending()

    def _pending(self) -> list[bytes]:
        try:
            return [self._connection.bio_read(65_536)]
        except SSL.WantReadError:
            return []
