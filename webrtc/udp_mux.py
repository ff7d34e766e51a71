"""One UDP socket for every peer of a node: datagrams drained in bursts, handed on by validated address.

What is not from a validated address and no authenticated STUN request is dropped without an answer.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from time import monotonic
from typing import Protocol

from webrtc import stun
from webrtc.errors import StunMalformed
from webrtc.ice_lite import IceLite, Path
from webrtc.ports import Address

BURST_DATAGRAMS = 64
DATAGRAM_BYTES = 2048
BUFFER_BYTES = 4 << 20
_FIRST_NOT_STUN = 4


class Endpoint(Protocol):
    """What the mux needs of a peer."""

    @property
    def ice(self) -> IceLite | None:
        """The peer's half of ICE, once there was an offer."""

    def receive(self, datagram: bytes) -> None:
        """Take a datagram from a validated address; never raises for what is in it."""

    def checked(self, now: float) -> None:
        """Take note of an authenticated check."""


class UdpPath:
    """A peer's source address; `send` never blocks and loses what the kernel does not take."""

    __slots__ = ("_sendto", "address")

    def __init__(self, sendto: Callable[[bytes, Address], int], address: Address) -> None:
        self._sendto = sendto
        self.address = address

    def send(self, datagram: bytes, *, droppable: bool = False) -> bool:  # noqa: ARG002  the shape of every path
        """Send at once; UDP has nothing waiting, so nothing is ever refused."""
        try:
            self._sendto(datagram, self.address)
        except OSError:
            return True  # a full buffer or an unreachable address is a lost datagram
        return True


class UdpMux:
    """Owns the socket; peers register their user fragments."""

    __slots__ = ("_endpoints", "_loop", "_owners", "_paths", "_receivers", "_socket", "dropped", "received")

    def __init__(self, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self._endpoints: dict[str, Endpoint] = {}
        self._receivers: dict[Address, Callable[[bytes], None]] = {}
        self._owners: dict[Address, Endpoint] = {}
        self._paths: dict[Address, UdpPath] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.received = 0
        self.dropped = 0

    @property
    def bound_to(self) -> tuple[str, int]:
        """The address and port that the socket is bound to."""
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    def start(self) -> None:
        """Read on the running loop from now on."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._drain)

    def stop(self) -> None:
        """Close the socket."""
        if self._loop is not None:
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def register(self, ufrag: str, endpoint: Endpoint) -> None:
        """Let checks for `ufrag` reach a peer."""
        self._endpoints[ufrag] = endpoint

    def forget(self, ufrag: str) -> None:
        """Let checks for `ufrag` reach nobody."""
        self._endpoints.pop(ufrag, None)

    def forget_path(self, path: Path) -> None:
        """Take nothing from an address until it proves itself again."""
        for table in (self._receivers, self._owners, self._paths):
            table.pop(path.address, None)

    def _drain(self) -> None:
        """Take up to a burst of datagrams. This is the packet path."""
        receive_from, receivers = self._socket.recvfrom, self._receivers
        for _ in range(BURST_DATAGRAMS):
            try:
                datagram, address = receive_from(DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error of an earlier datagram
            self.received += 1
            if not datagram:
                continue
            if datagram[0] < _FIRST_NOT_STUN:
                self._check(datagram, address)
                continue
            receive = receivers.get(address)
            if receive is None:
                self.dropped += 1
            else:
                receive(datagram)

    def _check(self, datagram: bytes, address: Address) -> None:
        """Answer an authenticated binding request, drop everything else (RFC 8445 section 7.3)."""
        try:
            request = stun.parse(datagram)
        except StunMalformed:
            self.dropped += 1
            return
        ufrag = request.username.partition(":")[0]
        endpoint = self._endpoints.get(ufrag)
        password = (
            endpoint.ice.password_for(ufrag) if endpoint is not None and endpoint.ice is not None else None
        )
        if (
            endpoint is None
            or password is None
            or endpoint.ice is None
            or request.message_type != stun.BINDING_REQUEST
        ):
            self.dropped += 1
            return
        # An address belongs to one peer until that peer lets it go.
        if not request.is_signed_with(password) or self._owners.get(address, endpoint) is not endpoint:
            self.dropped += 1
            return
        path = self._paths.get(address) or UdpPath(self._socket.sendto, address)
        if request.unknown_required:
            path.send(
                stun.unknown_attributes_response(request.transaction_id, request.unknown_required, password)
            )
            return
        now = monotonic()
        if not endpoint.ice.checked(request, path, now):
            self.dropped += 1
            return
        self._paths[address] = path
        self._owners[address] = endpoint
        self._receivers[address] = endpoint.receive
        path.send(stun.binding_response(request.transaction_id, address[:2], password))
        endpoint.checked(now)
