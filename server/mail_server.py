"""The mail server that an operator names: its address, how the connection is protected, and whose account."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from server.errors import SettingError

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_FORMS = "smtp+starttls://USER@HOST:587, smtps://USER@HOST:465, or smtp://127.0.0.1:25 on this machine"


@dataclass(frozen=True, slots=True)
class MailServer:
    """One SMTP server; the password of its user lies in the keys folder."""

    host: str
    port: int
    user: str = ""
    is_tls: bool = False
    has_starttls: bool = False


def mail_server(name: str, text: str) -> MailServer:
    """Read the address of a mail server; one that would send in clear over a network is refused."""
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise SettingError(name, f"not an address such as {_FORMS}") from None
    if parts.password is not None:
        raise SettingError(name, "holds a password; put it into the file smtp.password of the keys folder")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingError(name, f"not an address such as {_FORMS}")
    if parts.scheme == "smtp" and not _is_here(parts.hostname):
        raise SettingError(name, "mails would cross the network in clear; use smtp+starttls:// or smtps://")
    return MailServer(
        parts.hostname,
        port,
        unquote(parts.username or ""),
        is_tls=parts.scheme == "smtps",
        has_starttls=parts.scheme == "smtp+starttls",
    )


def mail_address(name: str, text: str) -> str:
    """Read one plain mail address."""
    local, at, domain = text.rpartition("@")
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(' <>,;:"()[]\\')
    if not (local and at and domain and is_plain and "@" not in local):
        raise SettingError(name, f"{text!r} is not an address such as parloir@example.org")
    return text


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
