"""A road from browsers to a media node that loses packets: another loopback address with its port."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

ROAD = "127.0.0.2"
NODE = "127.0.0.1"
DATAGRAM_BYTES = 2048
_MEDIA = range(128, 192)
_RTCP = range(192, 224)


class LossyRoad:
    """Carries datagrams; `loses_up` and `loses_down` say of the n-th media packet that it is lost."""

    def __init__(self, port: int) -> None:
        self._node = (NODE, port)
        self._loop = asyncio.get_running_loop()
        self._front = self._socket()
        self._front.bind((ROAD, port))
        self._ends: dict[tuple[str, int], socket.socket] = {}
        self._up = self._down = 0
        self.loses_up: Callable[[int], bool] = lambda _: False
        self.loses_down: Callable[[int], bool] = lambda _: False
        self.is_closed = False
        self._loop.add_reader(self._front, self._carry_up)

    def close(self) -> None:
        for end in (self._front, *self._ends.values()):
            self._loop.remove_reader(end)
            end.close()

    def change_network(self) -> None:
        """Carry on from other ports, as when a telephone leaves the wireless network for another."""
        for end in self._ends.values():
            self._loop.remove_reader(end)
            end.close()
        self._ends.clear()

    def _carry_up(self) -> None:
        data, browser = self._front.recvfrom(DATAGRAM_BYTES)
        if self.is_closed:
            return
        if is_media(data):
            self._up += 1
            if self.loses_up(self._up):
                return
        if browser not in self._ends:
            self._ends[browser] = self._socket()
            self._ends[browser].connect(self._node)
            self._loop.add_reader(self._ends[browser], partial(self._carry_down, browser))
        self._ends[browser].send(data)

    def _carry_down(self, browser: tuple[str, int]) -> None:
        data = self._ends[browser].recv(DATAGRAM_BYTES)
        if is_media(data):
            self._down += 1
            if self.loses_down(self._down):
                return
        self._front.sendto(data, browser)

    @staticmethod
    def _socket() -> socket.socket:
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.setblocking(False)
        return made


def is_media(data: bytes) -> bool:
    """Whether it is an RTP packet."""
    return len(data) > 1 and data[0] in _MEDIA and data[1] not in _RTCP


@contextmanager
def lossy_road(port: int) -> Iterator[LossyRoad]:
    """Open the road beside a node that listens, or will, on this port."""
    road = LossyRoad(port)
    try:
        yield road
    finally:
        road.close()


def free_port() -> int:
    """A UDP port that is free on both addresses."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as node,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as road,
    ):
        node.bind((NODE, 0))
        port: int = node.getsockname()[1]
        road.bind((ROAD, port))
        return port
