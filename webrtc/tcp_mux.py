"""One TCP port for every peer of a node: takes connections, closes those that do not prove themselves soon.

Somebody who only opens connections cannot keep others out: one address has a few at a time that are not
proved, and when there are too many from everywhere the oldest goes, since a browser proves itself at once.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections import Counter
from time import monotonic

from webrtc.checks import Checks
from webrtc.ports import Address
from webrtc.tcp_path import TcpPath

BACKLOG = 128
BURST_CONNECTIONS = 16
PROVE_SECONDS = 5.0
MAX_UNPROVED = 128
MAX_UNPROVED_OF_ADDRESS = 16
NO_DESCRIPTOR_SECONDS = 1.0
_IPV6_NETWORK_BITS = 64


class TcpMux:
    """Owns the listening socket and every connection; `checks` knows the peers."""

    __slots__ = (
        "_checks",
        "_listener",
        "_loop",
        "_of_address",
        "_proved",
        "_received",
        "_unproved",
        "dropped",
    )

    def __init__(self, host: str, port: int, checks: Checks) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._listener.setblocking(False)
            # What a former node left closing must not keep the next one from its port.
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._listener.bind((host, port))
            self._listener.listen(BACKLOG)
        except OSError:
            self._listener.close()
            raise
        self._checks = checks
        self._unproved: dict[TcpPath, float] = {}
        """When each was opened, the oldest first."""
        self._of_address: Counter[str] = Counter()
        self._proved: set[TcpPath] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._received = 0
        self.dropped = 0

    @property
    def received(self) -> int:
        """How many datagrams came in."""
        return self._received + sum(path.received for path in (*self._unproved, *self._proved))

    def start(self) -> None:
        """Take connections on the running loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._listen()

    def tick(self, now: float) -> None:
        """Close what did not prove itself in time; due every 50 ms."""
        while self._unproved:
            oldest, opened_at = next(iter(self._unproved.items()))
            if now - opened_at < PROVE_SECONDS:
                return
            oldest.close()

    def stop(self) -> None:
        """Close every connection and the socket."""
        if self._loop is not None:
            self._loop.remove_reader(self._listener.fileno())
            self._loop = None
        for path in (*self._unproved, *self._proved):
            path.close()
        self._listener.close()

    def _listen(self) -> None:
        if self._loop is not None:
            self._loop.add_reader(self._listener.fileno(), self._accept)

    def _accept(self) -> None:
        for _ in range(BURST_CONNECTIONS):
            try:
                connection, address = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError):
                return
            except OSError:
                self._pause()
                return
            self._take(connection, address)

    def _pause(self) -> None:
        """Without descriptors there is nothing to be done but to wait for some."""
        if self._loop is not None:
            self._loop.remove_reader(self._listener.fileno())
            self._loop.call_later(NO_DESCRIPTOR_SECONDS, self._listen)

    def _take(self, connection: socket.socket, address: Address) -> None:
        if self._of_address[_network(address)] >= MAX_UNPROVED_OF_ADDRESS:
            self.dropped += 1
            connection.close()
            return
        if len(self._unproved) >= MAX_UNPROVED:
            next(iter(self._unproved)).close()
        path = TcpPath(connection, address, self._checks, self._turned)
        self._unproved[path] = monotonic()
        self._of_address[_network(address)] += 1

    def _turned(self, path: TcpPath, proved: bool) -> None:
        if self._unproved.pop(path, None) is not None:
            network = _network(path.address)
            self._of_address[network] -= 1
            if not self._of_address[network]:
                del self._of_address[network]
            self.dropped += not proved
        if proved:
            self._proved.add(path)
        else:
            self._proved.discard(path)
            self._received += path.received


def _network(address: Address) -> str:
    """Return what counts as one address: of IPv6 the network that one household is given."""
    host = ipaddress.ip_address(str(address[0]).partition("%")[0])
    if host.version == 4:  # noqa: PLR2004  the version
        return str(host)
    if host.ipv4_mapped is not None:
        return str(host.ipv4_mapped)
    return str(ipaddress.ip_network((host, _IPV6_NETWORK_BITS), strict=False))
