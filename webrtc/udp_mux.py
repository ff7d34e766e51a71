"""One UDP socket for every peer of a node: datagrams drained in bursts, handed on by validated address.

What is not from a validated address and no authenticated STUN request is dropped without an answer.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from time import perf_counter
from typing import Any, Literal

from webrtc.checks import Checks, Endpoint
from webrtc.histogram import Histogram
from webrtc.ports import Address

BURST_DATAGRAMS = 64
TIMED_BURSTS = 32
"""One in so many is timed: often enough for a histogram, and no packet pays for it."""
DATAGRAM_BYTES = 2048
BUFFER_BYTES = 4 << 20
FIRST_NOT_STUN = 4


class UdpPath:
    """A peer's source address; `send` never blocks and loses what the kernel does not take."""

    __slots__ = ("_forget", "_sendto", "address")

    protocol: Literal["udp"] = "udp"
    is_full = False

    def __init__(
        self,
        sendto: Callable[[bytes, Address], int],
        forget: Callable[[Address], None],
        address: Address,
    ) -> None:
        self._sendto = sendto
        self._forget = forget
        self.address = address

    def send(self, datagram: bytes, *, droppable: bool = False) -> None:  # noqa: ARG002  the shape of every path
        """Send at once: nothing ever waits."""
        try:
            self._sendto(datagram, self.address)
        except OSError:
            return  # a full buffer or an unreachable address is a lost datagram

    def close(self) -> None:
        """Take nothing from the address until it proves itself again."""
        self._forget(self.address)


class UdpMux:
    """Owns the socket; `checks` knows the peers."""

    __slots__ = (
        "_bursts",
        "_checks",
        "_loop",
        "_owners",
        "_paths",
        "_receivers",
        "_socket",
        "delays",
        "dropped",
        "received",
    )

    def __init__(self, host: str, port: int, checks: Checks) -> None:
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
        self._checks = checks
        self._receivers: dict[Address, Callable[[bytes], None]] = {}
        self._owners: dict[Address, Endpoint] = {}
        self._paths: dict[Address, UdpPath] = {}
        self._loop: Any = None  # uvloop's answers differ in kind from what asyncio declares
        self.received = 0
        self.dropped = 0
        self._bursts = 0
        self.delays = Histogram()
        """How long one burst in TIMED_BURSTS took from its first read to its last send."""

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

    def _drain(self) -> None:
        self._bursts += 1
        if self._bursts % TIMED_BURSTS:
            self._take_burst()
            return
        began = perf_counter()
        self._take_burst()
        self.delays.add(perf_counter() - began)

    def _take_burst(self) -> None:
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
            if datagram[0] < FIRST_NOT_STUN:
                self._check(datagram, address)
                continue
            receive = receivers.get(address)
            if receive is None:
                self.dropped += 1
            else:
                receive(datagram)

    def _check(self, datagram: bytes, address: Address) -> None:
        path = self._paths.get(address) or UdpPath(self._socket.sendto, self._forget, address)
        endpoint = self._checks.take(datagram, path, self._owners.get(address))
        if endpoint is None:
            self.dropped += 1
            return
        self._paths[address] = path
        self._owners[address] = endpoint
        self._receivers[address] = endpoint.receive

    def _forget(self, address: Address) -> None:
        for table in (self._receivers, self._owners, self._paths):
            table.pop(address, None)
