"""TURN relays that an operator runs beside Parloir, and the short-lived credentials that open them.

A credential is what coturn's `use-auth-secret` expects: the user name is the second at which it ends and an
opaque word, the password an HMAC of it under the secret that both sides hold.
"""

import hmac
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.errors import SettingError
from webrtc.ports import Json

# Longer than an interview with its waiting room; every new line of a page brings new ones.
VALID_FOR = timedelta(hours=6)
_OPAQUE_BYTES = 12
_HOST = r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])"
_ADDRESS = re.compile(
    rf"(?:turn:{_HOST}(?::\d{{1,5}})?(?:\?transport=(?:udp|tcp))?|turns:{_HOST}(?::\d{{1,5}})?(?:\?transport=tcp)?)"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """The relays that browsers may use; none when there is no address."""

    addresses: tuple[str, ...] = ()
    secret: bytes = field(default=b"", repr=False)

    def servers(self, now: datetime) -> list[Json]:
        """Give what a browser's connection takes as `iceServers`, with a credential of its own."""
        username = f"{int((now + VALID_FOR).timestamp())}:{secrets.token_hex(_OPAQUE_BYTES)}"
        mac = hmac.digest(self.secret, username.encode(), "sha1")
        return [{"urls": list(self.addresses), "username": username, "credential": b64encode(mac).decode()}]


def turn_addresses(name: str, text: str) -> tuple[str, ...]:
    """Read the addresses of relays, between commas or spaces (RFC 7065)."""
    addresses = tuple(text.replace(",", " ").split())
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            reason = f"{address!r} is not an address such as turns:turn.example.org:443?transport=tcp"
            raise SettingError(name, reason)
    return addresses
