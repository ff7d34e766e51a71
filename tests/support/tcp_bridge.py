"""Lets a peer that knows UDP only reach a node by TCP: its datagrams travel in frames of one connection."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

from tests.support.media_peer import MediaPeer, NodeInTest
from webrtc.framing import Deframer, framed

HOST = "127.0.0.1"
BALLAST = b"\x40" + bytes(1200)  # fills a connection, and is not carried on
_CANDIDATES = re.compile(r"a=candidate:(?P<number>\d) .*\r\n")


class TcpBridge(asyncio.DatagramProtocol):
    """Carries both ways; `opened` counts connections, `is_read` is cleared by who does not read any more."""

    def __init__(self, node: tuple[str, int]) -> None:
        self._node = node
        self._transport: asyncio.DatagramTransport | None = None
        self._peer: Any = None
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._early: list[bytes] = []
        self.arrived: list[bytes] = []
        self.is_read = asyncio.Event()
        self.is_read.set()
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._peer = addr
        if self._task is None:
            self._task = asyncio.create_task(self._carry_back())
        self.send(data)

    def send(self, datagram: bytes) -> None:
        """Send to the node what the peer has not said."""
        if self._writer is None:
            self._early.append(framed(datagram))
        elif not self._writer.is_closing():
            self._writer.write(framed(datagram))

    def stands_for(self, answer: str) -> str:
        """Put the bridge in the place of the candidate over TCP, and leave that over UDP out."""
        assert self._transport is not None
        assert "tcptype passive" in answer
        port = self._transport.get_extra_info("sockname")[1]
        mine = f"a=candidate:1 1 udp 1 {HOST} {port} typ host\r\n"
        return _CANDIDATES.sub(lambda found: mine if found["number"] == "2" else "", answer)

    def cut(self) -> None:
        """Break the connection off."""
        assert self._writer is not None
        self._writer.transport.abort()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
        if self._transport is not None:
            self._transport.close()

    def _carry_on(self, datagram: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(datagram, self._peer)

    async def _carry_back(self) -> None:
        reader, self._writer = await asyncio.open_connection(*self._node, limit=4096)
        self._writer.write(b"".join(self._early))
        frames = Deframer()
        try:
            while data := await reader.read(4096):
                await self.is_read.wait()
                for datagram in frames.feed(data):
                    self.arrived.append(datagram)
                    if datagram != BALLAST:
                        self._carry_on(datagram)
        except ConnectionError:
            pass
        self.ended.set()


@asynccontextmanager
async def by_tcp(house: NodeInTest, *peers: MediaPeer) -> AsyncIterator[tuple[TcpBridge, ...]]:
    """Let these peers reach the node by TCP alone."""
    bridges: list[TcpBridge] = []
    loop = asyncio.get_running_loop()
    for peer in peers:
        bridge = TcpBridge(house.node.address)
        await loop.create_datagram_endpoint(lambda bridge=bridge: bridge, local_addr=(HOST, 0))  # type: ignore[misc]
        peer.reads = bridge.stands_for
        bridges.append(bridge)
    try:
        yield tuple(bridges)
    finally:
        for bridge in bridges:
            await bridge.close()
