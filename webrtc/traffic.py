"""What a node has carried since it started, over all connections, of which those that ended count on."""

from functools import reduce
from operator import add, sub
from typing import NamedTuple

from webrtc.peer import Peer
from webrtc.ports import Json


class Carried(NamedTuple):
    """Media of one connection or of many; `lost` is what the lines lost, whether it was sent again or not."""

    up_packets: int = 0
    up_bytes: int = 0
    up_lost: int = 0
    down_packets: int = 0
    down_bytes: int = 0
    down_lost: int = 0
    refused: int = 0

    def plus(self, other: "Carried") -> "Carried":
        """Return both together."""
        return Carried(*map(add, self, other))

    def since(self, before: "Carried") -> "Carried":
        """Return what came on top of `before`."""
        return Carried(*map(sub, self, before))


def carried_by(peer: Peer) -> Carried:
    """Read what one connection has carried so far."""
    tracks = (peer.uplink.audio, peer.uplink.video) if peer.uplink is not None else ()
    forwarders = peer.downlink.forwarders
    return Carried(
        up_packets=sum(track.received for track in tracks),
        up_bytes=sum(track.bytes for track in tracks),
        up_lost=sum(track.lost for track in tracks),
        down_packets=sum(each.packets + each.rtx_packets for each in forwarders),
        down_bytes=sum(each.octets for each in forwarders),
        down_lost=sum(each.lost for each in forwarders),
        refused=peer.refused_packets,
    )


class Traffic:
    """Counts over every connection of a node; each figure only grows."""

    __slots__ = ("_ended", "_peers", "_told")

    def __init__(self) -> None:
        self._peers: list[Peer] = []
        self._ended = Carried()
        self._told = Carried()

    def count(self, peer: Peer) -> None:
        """Count what a new connection carries, until after its end."""
        self._peers.append(peer)

    @property
    def figures(self) -> Json:
        """What was carried so far, by direction: `up` comes from browsers, `down` goes to them."""
        for peer in self._peers:
            if peer.is_closed:
                self._ended = self._ended.plus(carried_by(peer))
        self._peers = [peer for peer in self._peers if not peer.is_closed]
        now = reduce(Carried.plus, map(carried_by, self._peers), self._ended)
        # A packet that comes late was counted as lost: no figure falls because of it.
        self._told = Carried(*map(max, now, self._told))
        told = self._told
        return {
            "up": {"packets": told.up_packets, "bytes": told.up_bytes, "lost": told.up_lost},
            "down": {"packets": told.down_packets, "bytes": told.down_bytes, "lost": told.down_lost},
            "refused": told.refused,
        }
