"""The passive half of ICE for one peer: credentials, path choice, restart and consent (RFC 8445, RFC 7675).

A lite agent sends no checks. Where media goes is decided by the peer's authenticated checks alone.
"""

import secrets
from dataclasses import dataclass
from typing import Literal, Protocol

from webrtc.ports import Address
from webrtc.stun import PRIORITY, USE_CANDIDATE, StunMessage

CONSENT_SECONDS = 30.0
FORMER_CREDENTIALS_SECONDS = 30.0
MAX_PATHS = 16
BETTER_LIVES_SECONDS = 3.0
"""How long after its last check a path is kept from a slower one: over UDP, over TCP, by a relay."""
_RELAYED_AT_MOST = 9
"""Type preference of a relayed candidate, where a browser says it: 0 (RFC 8445 section 5.1.2.2), or 5."""


class Path(Protocol):
    """A way to one peer: a UDP source address or a TCP connection."""

    @property
    def address(self) -> Address:
        """The peer's end."""

    @property
    def protocol(self) -> Literal["udp", "tcp"]:
        """What carries it."""

    @property
    def is_full(self) -> bool:
        """Whether so much video waits that more would only come late; asked before a packet is protected."""

    def send(self, datagram: bytes, *, droppable: bool = False) -> None:
        """Send without waiting; what is droppable may wait longer than the rest."""

    def close(self) -> None:
        """Let it go: nothing is taken from it any more."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user fragment and password that the node handed out."""

    ufrag: str
    password: str


def new_credentials() -> Credentials:
    """Make credentials with 64 and 192 random bits (RFC 8445 section 5.3 asks for 24 and 128)."""
    return Credentials(secrets.token_hex(8), secrets.token_hex(24))


class IceLite:
    """The checks of one peer and the path that they chose."""

    __slots__ = (
        "_checked",
        "_former_until",
        "_relayed",
        "credentials",
        "former",
        "path",
        "remote_ufrag",
        "stays",
    )

    def __init__(self, remote_ufrag: str) -> None:
        self.remote_ufrag = remote_ufrag
        self.credentials = new_credentials()
        self.former: Credentials | None = None
        self.path: Path | None = None
        self.stays = False
        """Whether the present path is kept, whatever the peer nominates."""
        self._former_until = 0.0
        self._checked: dict[Path, float] = {}
        self._relayed: set[Path] = set()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every path that a check has validated and that still has consent."""
        return tuple(self._checked)

    def restart(self, remote_ufrag: str, now: float) -> Credentials | None:
        """Swap credentials; return those that are no longer accepted, if any."""
        dropped, self.former = self.former, self.credentials
        self.credentials = new_credentials()
        self.remote_ufrag = remote_ufrag
        self._former_until = now + FORMER_CREDENTIALS_SECONDS
        return dropped

    def password_for(self, ufrag: str) -> str | None:
        """Return the password that a check for `ufrag` must be signed with."""
        for credentials in (self.credentials, self.former):
            if credentials is not None and credentials.ufrag == ufrag:
                return credentials.password
        return None

    def checked(self, request: StunMessage, path: Path, now: float) -> bool:
        """Take note of an authenticated check over `path`; say whether the path is one of ours.

        The first path is used at once; another one when the peer nominates it under the newest credentials.
        """
        if path not in self._checked and len(self._checked) >= MAX_PATHS:
            return False
        self._checked[path] = now
        priority = request.attributes.get(PRIORITY)
        if priority and priority[0] <= _RELAYED_AT_MOST:
            self._relayed.add(path)
        newest = request.username.partition(":")[0] == self.credentials.ufrag
        nominated = newest and USE_CANDIDATE in request.attributes
        if not self.stays and (self.path is None or (nominated and not self._is_worse(path, now))):
            self.path = path
        return True

    def lose(self, path: Path) -> None:
        """Forget a path that has ended; the one that was checked last takes its place."""
        self._checked.pop(path, None)
        self._relayed.discard(path)
        if self.path is path:
            self.path = self._freshest()

    def expire(self, now: float) -> tuple[list[Path], Credentials | None]:
        """Forget paths without consent and former credentials; return both for the tables that hold them."""
        lost = [path for path, at in self._checked.items() if now - at > CONSENT_SECONDS]
        for path in lost:
            del self._checked[path]
        self._relayed.difference_update(lost)
        if self.path in lost:
            self.path = self._freshest()
        old = None
        if self.former is not None and now > self._former_until:
            old, self.former = self.former, None
        return lost, old

    def _is_worse(self, path: Path, now: float) -> bool:
        """Say whether a slower path would replace one that lives.

        A browser that nominates whatever it checks means the pair of the highest priority (RFC 8445
        section 8.1.1): the one over UDP before the one over TCP, and any before the one by a relay.
        """
        current = self.path
        if current is None or self._rank(path) >= self._rank(current):
            return False
        return now - self._checked.get(current, now) < BETTER_LIVES_SECONDS

    def _rank(self, path: Path) -> int:
        return 0 if path in self._relayed else 1 if path.protocol == "tcp" else 2

    def _freshest(self) -> Path | None:
        """Return the path that was checked last; none in place of one that was to stay."""
        return None if self.stays else max(self._checked, key=self._checked.__getitem__, default=None)
