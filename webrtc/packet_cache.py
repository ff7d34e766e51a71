"""The last packets of one outgoing stream, kept for retransmission within limits of age and rate."""

from typing import NamedTuple

CACHE_PACKETS = 1024
MAX_AGE_SECONDS = 2.0
MIN_REPEAT_SECONDS = 0.01
BUDGET_BYTES_PER_SECOND = 150_000
BUDGET_BURST_BYTES = 60_000
_MASK = CACHE_PACKETS - 1


class CachedPacket(NamedTuple):
    """What is needed to send a packet again; `marker` is 0x80 or 0, `sent_at` in seconds."""

    sequence: int
    marker: int
    timestamp: int
    payload: bytes
    sent_at: float


class PacketCache:
    """A ring of packets by sequence number; who asks for everything after an outage gets what helps."""

    __slots__ = ("_budget", "_budget_at", "_repeated", "_slots")

    def __init__(self) -> None:
        self._slots: list[CachedPacket | None] = [None] * CACHE_PACKETS
        self._repeated: dict[int, float] = {}
        self._budget = float(BUDGET_BURST_BYTES)
        self._budget_at = 0.0

    def put(self, packet: CachedPacket) -> None:
        """Keep a packet instead of the one 1024 before it."""
        self._slots[packet.sequence & _MASK] = packet

    def take(self, sequence: int, now: float, rtt: float) -> CachedPacket | None:
        """Return a packet to send again; None when gone, too old, just repeated or over the budget."""
        packet = self._slots[sequence & _MASK]
        if packet is None or packet.sequence != sequence or now - packet.sent_at > MAX_AGE_SECONDS:
            return None
        if now - self._repeated.get(sequence, -1.0) < max(MIN_REPEAT_SECONDS, rtt / 2):
            return None
        earned = (now - self._budget_at) * BUDGET_BYTES_PER_SECOND
        self._budget, self._budget_at = min(BUDGET_BURST_BYTES, self._budget + earned), now
        if self._budget < len(packet.payload):
            return None
        self._budget -= len(packet.payload)
        if len(self._repeated) >= CACHE_PACKETS:
            self._repeated.clear()
        self._repeated[sequence] = now
        return packet
