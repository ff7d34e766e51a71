"""Probes: connections that get back what they send, so that a browser measures its way to the node and back.

A probe is in no room, is never recorded and hears nobody. It lasts seconds, a node holds a few at a time, and
one that sends more than a call needs is ended. The handshake runs over one path, which stays: what a probe
sends returns to an address that has proved that it reads what the node says, and to no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import structlog

from webrtc.errors import MessageRefused, OfferRefused
from webrtc.message import LeaveMessage, OfferMessage, parse_message
from webrtc.peer import Peer, Turn
from webrtc.ports import Json

CONNECT_SECONDS = 10.0
PROBE_SECONDS = 14.0
MOST_PROBES = 8
MOST_BPS = 3_000_000
BURST_BYTES = 400_000
RTX_BYTES = 1_200

_log = structlog.get_logger()


@dataclass(slots=True)
class _Probe:
    """One connection, from when on it lasts, and whether its media is up."""

    peer: Peer
    since: float
    is_up: bool = False
    has_offered: bool = False

    def verdict(self, now: float) -> str:
        """Say why it has to end now, or nothing."""
        elapsed = now - self.since
        if not self.is_up:
            return "no_media" if elapsed > CONNECT_SECONDS else ""
        if elapsed > PROBE_SECONDS:
            return "time"
        forwarders = self.peer.downlink.forwarders
        spent = sum(each.octets + each.rtx_packets * RTX_BYTES for each in forwarders)
        return "too_much" if spent > BURST_BYTES + elapsed * MOST_BPS / 8 else ""


class Probes:
    """All probes of a node; `new_peer` makes a connection, `emit` reports an event to the web process."""

    __slots__ = ("_emit", "_new_peer", "_probes", "_where")

    def __init__(
        self,
        *,
        emit: Callable[[Json], None],
        new_peer: Callable[[str, Callable[[str, Turn], None]], Peer],
        where: Callable[[], tuple[str, int]],
    ) -> None:
        self._emit = emit
        self._new_peer = new_peer
        self._where = where
        self._probes: dict[str, _Probe] = {}

    def __contains__(self, peer_id: str) -> bool:
        return peer_id in self._probes

    def __len__(self) -> int:
        return len(self._probes)

    def begin(self, peer_id: str) -> None:
        """Take in a new probe and say where the media goes and by what; a full node says that it is busy."""
        if len(self._probes) >= MOST_PROBES:
            self._tell(peer_id, {"type": "probed", "reason": "busy"})
            return
        peer = self._new_peer(peer_id, self._turned)
        peer.stays_put = True
        self._probes[peer_id] = _Probe(peer, monotonic())
        host, port = self._where()
        self._tell(peer_id, {"type": "probing", "host": host, "port": port, "protocols": ["udp", "tcp"]})

    def say(self, peer_id: str, raw: object) -> None:
        """Follow a browser's message: its one offer, or that it has measured enough."""
        probe = self._probes[peer_id]
        try:
            match parse_message(raw):
                case OfferMessage(sdp=sdp) if not probe.has_offered:
                    answer = probe.peer.answer(sdp)
                    probe.has_offered = True
                    if probe.peer.uplink is not None:
                        probe.peer.uplink.video.is_repaired = False
                    self._tell(peer_id, {"type": "answer", "sdp": answer})
                case LeaveMessage():
                    self._end(peer_id, "left")
        except (MessageRefused, OfferRefused) as error:
            _log.info("> refused", peer=peer_id, code=error.code)
            self._tell(peer_id, {"type": "refused", "code": error.code})

    def exit(self, peer_id: str) -> None:
        """Let a probe go whose browser is gone."""
        self._probes.pop(peer_id).peer.close()

    def close_all(self) -> None:
        """End every probe."""
        for peer_id in list(self._probes):
            self._end(peer_id, "stopped")

    def tick(self, now: float) -> None:
        """Do what is due every 50 ms; end what has lasted or sent too much."""
        for peer_id, probe in list(self._probes.items()):
            probe.peer.tick(now)
            reason = probe.verdict(now)
            if reason and peer_id in self._probes:
                self._end(peer_id, reason)

    def report(self, now: float) -> None:
        """Do what is due every second."""
        for probe in self._probes.values():
            probe.peer.report(now)

    def _turned(self, peer_id: str, turn: Turn) -> None:
        probe = self._probes.get(peer_id)
        if probe is not None and turn == "connected" and not probe.is_up:
            probe.is_up, probe.since = True, monotonic()
            probe.peer.assign(0, probe.peer, ("audio", "video"))
        elif probe is not None and turn == "failed":
            self._end(peer_id, "no_media")

    def _end(self, peer_id: str, reason: str) -> None:
        """Say what came of the probe, and let it go."""
        peer = self._probes.pop(peer_id).peer
        _log.info("- probe", peer=peer_id, reason=reason)
        self._tell(peer_id, {"type": "probed", "reason": reason, **_arrived(peer)})
        peer.close()

    def _tell(self, peer_id: str, message: Json) -> None:
        self._emit({"is": "say", "peer": peer_id, "message": message})


def _arrived(peer: Peer) -> Json:
    """Count what arrived of what was sent: packets numbered and received."""
    uplink = peer.uplink
    tracks = [] if uplink is None else [uplink.audio, uplink.video]
    return {
        "expected": sum(track.expected for track in tracks),
        "received": sum(track.received for track in tracks),
    }
