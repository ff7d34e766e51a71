"""How each participant's line was, window by window: who was there, what was lost, how fast it went.

Looked at once a second; a connection that ends takes what it carried since the last look with it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from webrtc.peer import Peer
from webrtc.ports import Json
from webrtc.traffic import Carried, carried_by

WINDOW_SECONDS = 10
_BITS = 8


@dataclass(slots=True)
class _Window:
    """One participant in the present window."""

    line: int = 0
    media: int = 0
    rtt: float = 0.0
    carried: Carried = field(default_factory=Carried)

    def figures(self, participant_id: str, seconds: int) -> Json:
        carried = self.carried
        return {
            "participant": participant_id,
            "line_seconds": self.line,
            "media_seconds": self.media,
            "rtt_ms": round(self.rtt * 1000) if self.rtt else None,
            "up": _direction(carried.up_packets, carried.up_lost, carried.up_bytes, seconds),
            "down": _direction(carried.down_packets, carried.down_lost, carried.down_bytes, seconds),
        }


class Continuity:
    """The windows of one room."""

    __slots__ = ("_before", "_people", "seconds")

    def __init__(self) -> None:
        self.seconds = 0
        """How much of the present window is over."""
        self._people: dict[str, _Window] = {}
        self._before: dict[str, Carried] = {}

    def look(self, present: Iterable[tuple[str, Peer, bool]]) -> None:
        """Note who is on the line, by which connection, and whether their media is up; due once a second."""
        self.seconds += 1
        before, self._before = self._before, {}
        for participant_id, peer, is_up in present:
            window = self._people.setdefault(participant_id, _Window())
            window.line += 1
            window.media += is_up
            window.rtt = max(window.rtt, peer.downlink.receiver.rtt if is_up else 0.0)
            carried = self._before[peer.peer_id] = carried_by(peer)
            window.carried = window.carried.plus(carried.since(before.get(peer.peer_id, Carried())))

    def turn_over(self) -> tuple[int, list[Json]]:
        """Give the seconds of the window and everybody who was on the line in it, and begin the next one."""
        seconds, people = self.seconds, self._people
        self.seconds, self._people = 0, {}
        return seconds, [window.figures(participant_id, seconds) for participant_id, window in people.items()]


def _direction(packets: int, lost: int, octets: int, seconds: int) -> Json:
    return {"packets": packets, "lost": max(0, lost), "bps": octets * _BITS // max(1, seconds)}
