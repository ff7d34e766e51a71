"""One TCP connection as a path: nobody's until its first frame proves whose it is (RFC 6544, RFC 4571)."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from typing import Literal

from webrtc.checks import Checks, Endpoint
from webrtc.errors import FrameRefused
from webrtc.framing import Deframer, framed
from webrtc.ports import Address
from webrtc.udp_mux import FIRST_NOT_STUN

READ_BYTES = 32_768
UNSENT_BYTES = 8_192
"""What the kernel takes beyond what is on its way; more would only hide that the line is slow."""
FULL_BYTES = 16_384
"""So much video may wait before its forwarders stop."""
MAX_WAITING_BYTES = 32_768
"""Of video, and of all others together: about four seconds of one voice."""


class TcpPath:
    """A connection; `turned` hears that it was proved, and once more that it is closed.

    `send` never blocks. What the kernel does not take waits: sound, reports and handshakes before video, only
    a little of either. Of each the oldest is lost beyond that, as UDP would lose it; whoever forwards video
    stops before, when the path `is_full`.
    """

    __slots__ = (
        "_begun",
        "_checks",
        "_first",
        "_frames",
        "_is_closed",
        "_loop",
        "_owner",
        "_socket",
        "_turned",
        "_video",
        "_waiting_bytes",
        "_waiting_video_bytes",
        "_writes",
        "address",
        "received",
    )

    protocol: Literal["tcp"] = "tcp"

    def __init__(
        self,
        connection: socket.socket,
        address: Address,
        checks: Checks,
        turned: Callable[[TcpPath, bool], None],
    ) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
        self._socket = connection
        self.address = address
        self._checks = checks
        self._turned = turned
        self._owner: Endpoint | None = None
        self._frames = Deframer()
        self._first: deque[bytes] = deque()
        self._video: deque[bytes] = deque()
        self._waiting_bytes = self._waiting_video_bytes = 0
        self._begun = b""
        self._writes = self._is_closed = False
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection.fileno(), self._read)
        self.received = 0

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the kernel to take it."""
        return self._waiting_bytes + self._waiting_video_bytes + len(self._begun)

    @property
    def is_full(self) -> bool:
        """Whether too much video waits already."""
        return self._waiting_video_bytes > FULL_BYTES

    def send(self, datagram: bytes, *, droppable: bool = False) -> None:
        """Send a datagram, now or as soon as the kernel takes it."""
        if self._is_closed:
            return
        frame = framed(datagram)
        if self._writes:
            self._wait(frame, droppable)
            return
        try:
            sent = self._socket.send(frame)
        except BlockingIOError:
            sent = 0
        except OSError:
            return  # the reader hears of it too, and closes
        if sent < len(frame):
            self._begun = frame[sent:]
            self._writes = True
            self._loop.add_writer(self._socket.fileno(), self._write)

    def close(self) -> None:
        """Close the connection; what waits is lost."""
        if self._is_closed:
            return
        self._is_closed = True
        self._loop.remove_reader(self._socket.fileno())
        if self._writes:
            self._loop.remove_writer(self._socket.fileno())
        self._socket.close()
        self._turned(self, False)

    def _wait(self, frame: bytes, droppable: bool) -> None:
        if droppable:
            self._video.append(frame)
            self._waiting_video_bytes += len(frame)
            while self._waiting_video_bytes > MAX_WAITING_BYTES:
                self._waiting_video_bytes -= len(self._video.popleft())
            return
        self._first.append(frame)
        self._waiting_bytes += len(frame)
        while self._waiting_bytes > MAX_WAITING_BYTES:
            self._waiting_bytes -= len(self._first.popleft())

    def _write(self) -> None:
        while frame := self._begun or self._next():
            try:
                sent = self._socket.send(frame)
            except BlockingIOError:
                self._begun = frame
                return
            except OSError:
                self._lose()
                return
            self._begun = frame[sent:]
        self._writes = False
        self._loop.remove_writer(self._socket.fileno())

    def _next(self) -> bytes:
        if self._first:
            frame = self._first.popleft()
            self._waiting_bytes -= len(frame)
            return frame
        if self._video:
            frame = self._video.popleft()
            self._waiting_video_bytes -= len(frame)
            return frame
        return b""

    def _read(self) -> None:
        """Take one read of what has arrived, then others have their turn. This is the packet path."""
        try:
            datagrams = self._frames.feed(data := self._socket.recv(READ_BYTES))
        except BlockingIOError:
            return
        except (OSError, FrameRefused):
            self._lose()
            return
        if not data:
            self._lose()
            return
        for datagram in datagrams:
            if self._is_closed:
                return
            self.received += 1
            if self._owner is None or datagram[0] < FIRST_NOT_STUN:
                self._check(datagram)
            else:
                self._owner.receive(datagram)

    def _check(self, datagram: bytes) -> None:
        owner = self._checks.take(datagram, self, self._owner)
        if self._owner is None:
            if owner is None:
                self.close()
                return
            self._owner = owner
            self._turned(self, True)

    def _lose(self) -> None:
        """The other end is gone, or speaks something else: the peer goes on by another path."""
        ice = self._owner.ice if self._owner is not None else None
        if ice is not None:
            ice.lose(self)
        self.close()
