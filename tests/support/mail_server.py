"""A real mail server on a loopback port: STARTTLS with a certificate of an authority of its own, and AUTH."""

import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd import smtp
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.clock import utc_now
from server.mail_server import MailServer

HOST, USER, PASSWORD = "127.0.0.1", "parloir", "a password of tests"


@dataclass
class Inbox:
    """What the server took; `answers` are its replies to RCPT by address, `data_answer` that to a message."""

    messages: list[EmailMessage] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = "250 taken"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: smtp.SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answer = self.answers.get(address, "250 known")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: smtp.SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.data_answer.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            message = message_from_bytes(content, policy=default)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
        return self.data_answer


@contextmanager
def mail_server(folder: Path, inbox: Inbox, *, port: int = 0) -> Iterator[MailServer]:
    """Run the server; `folder` holds `authority.pem`, whom a client must trust."""
    controller = Controller(
        inbox,
        hostname=HOST,
        port=port or _free_port(),
        tls_context=_tls_of(folder),
        require_starttls=True,
        auth_required=True,
        authenticator=_authenticate,
    )
    controller.start()
    try:
        yield MailServer(HOST, controller.port, USER, has_starttls=True)
    finally:
        controller.stop()


def _authenticate(
    _server: smtp.SMTP, _session: Session, _envelope: Envelope, _mechanism: str, proof: Any
) -> AuthResult:
    is_right = isinstance(proof, LoginPassword) and proof.password.decode() == PASSWORD
    return AuthResult(success=is_right, handled=False)


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _tls_of(folder: Path) -> ssl.SSLContext:
    if not (folder / "authority.pem").exists():
        make_certificates(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def make_certificates(folder: Path) -> None:
    """Write `authority.pem`, and `server.pem` with its key for this host."""
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of tests")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    is_authority = x509.BasicConstraints(ca=True, path_length=0)
    root = _certificate(issuer, issuer, authority).add_extension(is_authority, critical=True)
    leaf = _certificate(subject, issuer, key).add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    (folder / "authority.pem").write_bytes(root.sign(authority, hashes.SHA256()).public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(leaf.sign(authority, hashes.SHA256()).public_bytes(pem) + secret)


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = utc_now()
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
