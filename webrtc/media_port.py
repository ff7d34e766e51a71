"""The one port number of a node, over UDP and over TCP: what comes in by either is checked alike."""

from os import strerror

from webrtc.checks import Checks
from webrtc.errors import CannotListen
from webrtc.histogram import Histogram
from webrtc.tcp_mux import TcpMux
from webrtc.udp_mux import UdpMux

ANY_PORT_TRIES = 16


class MediaPort:
    """Both sockets, or none: CannotListen names the half that fails. Port 0 takes one free in both."""

    __slots__ = ("_tcp", "_udp", "checks")

    def __init__(self, host: str, port: int) -> None:
        self.checks = Checks()
        for tries_left in reversed(range(1 if port else ANY_PORT_TRIES)):
            try:
                self._udp, self._tcp = _bind(host, port, self.checks)
            except CannotListen:
                if not tries_left:
                    raise
            else:
                return

    @property
    def bound_to(self) -> tuple[str, int]:
        """The address and port number of both."""
        return self._udp.bound_to

    @property
    def received(self) -> int:
        """How many datagrams came in."""
        return self._udp.received + self._tcp.received

    @property
    def delays(self) -> Histogram:
        """How long bursts of datagrams took, from reading to the last send."""
        return self._udp.delays

    @property
    def dropped(self) -> int:
        """How many datagrams and connections were dropped without an answer."""
        return self._udp.dropped + self._tcp.dropped

    def start(self) -> None:
        """Listen on the running loop from now on."""
        self._udp.start()
        self._tcp.start()

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms."""
        self._tcp.tick(now)

    def stop(self) -> None:
        """Close everything."""
        self._udp.stop()
        self._tcp.stop()


def _bind(host: str, port: int, checks: Checks) -> tuple[UdpMux, TcpMux]:
    try:
        udp = UdpMux(host, port, checks)
    except OSError as problem:
        raise CannotListen("UDP", host, port, strerror(problem.errno or 0)) from problem
    port = udp.bound_to[1]
    try:
        return udp, TcpMux(host, port, checks)
    except OSError as problem:
        udp.stop()
        raise CannotListen("TCP", host, port, strerror(problem.errno or 0)) from problem
