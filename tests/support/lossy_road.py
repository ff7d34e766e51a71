"""A road from browsers to a media node that loses packets: another loopback address with its port.

Over UDP it loses what it is told to; over TCP it carries bytes, when it is open for them.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

ROAD = "127.0.0.2"
NODE = "127.0.0.1"
DATAGRAM_BYTES = 2048
STREAM_BYTES = 16_384
_MEDIA = range(128, 192)
_RTCP = range(192, 224)


class LossyRoad:
    """Carries datagrams; `loses_up` and `loses_down` say of the n-th media packet that it is lost.

    With a `port`, those of the browser that the node meets at this port and no others. When it is closed it
    carries what comes from the address that it `lets_through`.
    """

    def __init__(self, port: int) -> None:
        self._node = (NODE, port)
        self._loop = asyncio.get_running_loop()
        self._front = self._socket()
        self._front.bind((ROAD, port))
        self._ends: dict[tuple[str, int], socket.socket] = {}
        self._up = self._down = 0
        self.loses_up: Callable[[int], bool] = lambda _: False
        self.loses_down: Callable[[int], bool] = lambda _: False
        self.port = 0
        self.is_closed = False
        self.lets_through = ""
        self._loop.add_reader(self._front, self._carry_up)
        self._streams: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open_tcp(self) -> None:
        """Carry TCP from now on."""
        self._server = await asyncio.start_server(self._carry_stream, *self._front.getsockname())

    def close_tcp(self) -> None:
        """Carry none any more, and break off what is carried."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for stream in self._streams:
            stream.cancel()

    async def close(self) -> None:
        self.close_tcp()
        await asyncio.gather(*self._streams, return_exceptions=True)
        for end in (self._front, *self._ends.values()):
            self._loop.remove_reader(end)
            end.close()

    def change_network(self) -> None:
        """Carry on from other ports, as when a telephone leaves the wireless network for another."""
        for end in self._ends.values():
            self._loop.remove_reader(end)
            end.close()
        self._ends.clear()
        for pump in self._streams:
            pump.cancel()

    async def _carry_stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = await asyncio.open_connection(*self._node)
        pumps = [asyncio.create_task(_pump(*pair)) for pair in ((reader, down), (up, writer))]
        self._streams.update(pumps)
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._streams.difference_update(pumps)
            for end in (writer, down):
                end.transport.abort()

    def _carry_up(self) -> None:
        data, browser = self._front.recvfrom(DATAGRAM_BYTES)
        if self.is_closed and browser[0] != self.lets_through:
            return
        if browser not in self._ends:
            self._ends[browser] = self._socket()
            self._ends[browser].connect(self._node)
            self._loop.add_reader(self._ends[browser], partial(self._carry_down, browser))
        end = self._ends[browser]
        if self._may_lose(data, end):
            self._up += 1
            if self.loses_up(self._up):
                return
        end.send(data)

    def _carry_down(self, browser: tuple[str, int]) -> None:
        end = self._ends[browser]
        data = end.recv(DATAGRAM_BYTES)
        if self._may_lose(data, end):
            self._down += 1
            if self.loses_down(self._down):
                return
        self._front.sendto(data, browser)

    def _may_lose(self, data: bytes, end: socket.socket) -> bool:
        return is_media(data) and self.port in {0, end.getsockname()[1]}

    @staticmethod
    def _socket() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        return made


def is_media(data: bytes) -> bool:
    """Whether it is an RTP packet."""
    return len(data) > 1 and data[0] in _MEDIA and data[1] not in _RTCP


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(STREAM_BYTES):
        writer.write(data)
        await writer.drain()


@asynccontextmanager
async def lossy_road(port: int) -> AsyncIterator[LossyRoad]:
    """Open the road beside a node that listens, or will, on this port."""
    road = LossyRoad(port)
    try:
        yield road
    finally:
        await road.close()


def free_port() -> int:
    """A port that is free on both addresses, for UDP and for TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind((NODE, 0))
            port: int = first.getsockname()[1]
            others = (
                ((NODE, port), socket.SOCK_STREAM),
                ((ROAD, port), socket.SOCK_STREAM),
                ((ROAD, port), socket.SOCK_DGRAM),
            )
            if all(_is_free(*each) for each in others):
                return port


def _is_free(address: tuple[str, int], kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as tried:
        try:
            tried.bind(address)
        except OSError:
            return False
    return True
