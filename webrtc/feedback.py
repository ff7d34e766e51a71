"""What one hop tells the other end: losses, arrivals, reports, rates, keyframe requests; decisions only.

Times are seconds of a monotonic clock unless a name says otherwise.
"""

import struct
from collections.abc import Iterable

from webrtc import rtcp

DEFAULT_CAP_BPS = 2_500_000
FLOOR_BPS = 150_000
FALLING = 0.97
GROWTH = 1.15
HOLD_SECONDS = 1.5
HIGH_LOSS = 0.10
CHOKED_SHARE = 0.8
MAX_RTT_SECONDS = 3.0
MAX_GAP_PACKETS = 200
MAX_NACK_TRIES = 10
MAX_NACK_AGE_SECONDS = 1.5
MAX_NACKS_AT_ONCE = 64
MIN_NACK_SECONDS = 0.02
KEYFRAME_INTERVAL_SECONDS = 0.3
RECORDED_KEYFRAME_SECONDS = 7.0
_HALF = 0x8000
_MAX_FEEDBACK_SPAN = 2048
_TICK_US = 250
_REFERENCE_US = 64_000
_MAX_SMALL_DELTA = 255


class NackList:
    """The packets of one incoming stream that are missing and worth asking for."""

    __slots__ = ("_missing", "gave_up")

    def __init__(self) -> None:
        self._missing: dict[int, tuple[float, float, int]] = {}  # sequence: (since, last asked, tries)
        self.gave_up = False

    def __len__(self) -> int:
        return len(self._missing)

    def gap(self, after: int, before: int, now: float) -> list[int]:
        """Note the packets between two that arrived; return those to ask for at once."""
        size = (before - after - 1) & 0xFFFF
        if size >= MAX_GAP_PACKETS:
            self.clear()
            self.gave_up = True
            return []
        fresh = [(after + step) & 0xFFFF for step in range(1, size + 1)]
        for sequence in fresh:
            self._missing[sequence] = (now, now, 1)
        return fresh[:MAX_NACKS_AT_ONCE]

    def arrived(self, sequence: int) -> bool:
        """Note a late or repeated packet; say whether it had been missing."""
        return self._missing.pop(sequence, None) is not None

    def due(self, now: float, rtt: float) -> list[int]:
        """Return what to ask for again; gives up on what is too old and sets `gave_up`."""
        asked: list[int] = []
        for sequence, (since, last, tries) in list(self._missing.items()):
            if tries >= MAX_NACK_TRIES or now - since > MAX_NACK_AGE_SECONDS:
                del self._missing[sequence]
                self.gave_up = True
            elif now - last >= max(MIN_NACK_SECONDS, rtt) and len(asked) < MAX_NACKS_AT_ONCE:
                self._missing[sequence] = (since, now, tries + 1)
                asked.append(sequence)
        return asked

    def clear(self) -> None:
        """Forget everything: the stream began anew."""
        self._missing.clear()


class TransportFeedback:
    """Arrival times of all packets of one sender by their transport-wide sequence number."""

    __slots__ = ("_base", "_number", "arrivals")

    def __init__(self) -> None:
        self.arrivals: list[tuple[int, int]] = []
        """(sequence, microseconds); the packet path appends."""
        self._base: int | None = None
        self._number = 0

    def build(self, media_ssrc: int) -> bytes | None:
        """Return the feedback on what arrived since the last one, None when nothing did."""
        if not self.arrivals:
            return None
        times = self._unwrapped()
        if not times:
            return None
        base, last = self._base if self._base is not None else min(times), max(times)
        if last - base > _MAX_FEEDBACK_SPAN:
            base = min(times) if last - min(times) <= _MAX_FEEDBACK_SPAN else last
        reference, statuses, deltas = _deltas(times, base, last)
        chunks = _chunks(statuses)
        packet = rtcp.write_transport_feedback(
            media_ssrc,
            base=base,
            count=len(statuses),
            reference=reference,
            number=self._number,
            chunks=chunks + deltas,
        )
        self._base = last + 1
        self._number = (self._number + 1) & 0xFF
        return packet

    def _unwrapped(self) -> dict[int, int]:
        arrivals = self.arrivals[:]
        self.arrivals.clear()
        base = self._base if self._base is not None else arrivals[0][0] + 0x10000
        near = {base + ((sequence - base + _HALF) & 0xFFFF) - _HALF: at for sequence, at in arrivals}
        return {sequence: at for sequence, at in near.items() if self._base is None or sequence >= base}


def _deltas(times: dict[int, int], base: int, last: int) -> tuple[int, list[int], bytes]:
    first = min(sequence for sequence in times if sequence >= base)
    reference = times[first] // _REFERENCE_US
    clock = reference * _REFERENCE_US
    statuses: list[int] = []
    deltas = b""
    for sequence in range(base, last + 1):
        at = times.get(sequence)
        if at is None:
            statuses.append(0)
            continue
        delta = (at - clock) // _TICK_US
        delta = max(-_HALF, min(_HALF - 1, delta))
        clock += delta * _TICK_US
        small = 0 <= delta <= _MAX_SMALL_DELTA
        statuses.append(1 if small else 2)
        deltas += bytes((delta,)) if small else struct.pack("!h", delta)
    return reference, statuses, deltas


def _chunks(statuses: list[int]) -> bytes:
    """Write two-bit status vectors, seven packets each."""
    words: list[int] = []
    for start in range(0, len(statuses), 7):
        word = 0xC000
        for index, status in enumerate(statuses[start : start + 7]):
            word |= status << (12 - 2 * index)
        words.append(word)
    return struct.pack(f"!{len(words)}H", *words)


class Reception:
    """The figures of one incoming stream for receiver reports (RFC 3550 appendix A.3)."""

    __slots__ = ("_expected_before", "_received_before", "cycles", "first", "received", "sr_at", "sr_ntp")

    def __init__(self) -> None:
        self.first: int | None = None
        self.cycles = 0
        self.received = 0
        self.sr_ntp = 0
        self.sr_at = 0.0
        self._expected_before = 0
        self._received_before = 0

    def expected(self, top: int) -> int:
        """Return how many packets were sent up to the number `top`, as far as their numbers tell."""
        return self.cycles + top - (self.first or 0) + 1

    def block(self, ssrc: int, top: int, jitter: float, now: float) -> rtcp.ReportBlock:
        """Return the report block since the last one."""
        highest = self.cycles + top
        expected = self.expected(top)
        lost = max(0, expected - self.received)
        fresh, got = expected - self._expected_before, self.received - self._received_before
        self._expected_before, self._received_before = expected, self.received
        fraction = min(255, max(0, (fresh - got) * 256 // fresh)) if fresh > 0 else 0
        dlsr = int((now - self.sr_at) * 65_536) & 0xFFFFFFFF if self.sr_ntp else 0
        lsr = self.sr_ntp >> 16 & 0xFFFFFFFF
        return rtcp.ReportBlock(
            ssrc, fraction, min(lost, 0x7FFFFF), highest & 0xFFFFFFFF, int(jitter) & 0xFFFFFFFF, lsr, dlsr
        )


class ReceiverRate:
    """What one receiver is believed to take.

    A receiver's REMB grows only with what it is sent, so it is no target. It tells congestion when it falls
    below what is sent; then it caps, and the cap grows back while nothing points down.
    """

    __slots__ = ("_cap", "_held_until", "_remb", "is_choked", "rtt", "videos")

    def __init__(self) -> None:
        self._cap = float(DEFAULT_CAP_BPS)
        self._held_until = 0.0
        self._remb = 0
        self.is_choked = False
        """Whether video was refused since the last second, because too much waited on the way to it."""
        self.rtt = 0.0
        self.videos = 1

    def remb(self, bits_per_second: int, sent_bps: float, now: float) -> None:
        """Follow the receiver's own estimate."""
        falls = bits_per_second < self._remb * FALLING
        self._remb = bits_per_second
        if falls and bits_per_second < sent_bps:
            self._lower(bits_per_second, now)

    def loss(self, fraction: float, sent_bps: float, now: float) -> None:
        """Follow a reported loss."""
        if fraction > HIGH_LOSS:
            self._lower(min(self._cap, sent_bps or self._cap) * (1 - fraction / 2), now)

    def report(self, block: rtcp.ReportBlock, now: float) -> None:
        """Measure the round trip from a report block that answers a sender report."""
        if block.lsr:
            middle = rtcp.ntp_of(now) >> 16 & 0xFFFFFFFF
            rtt = ((middle - block.lsr - block.dlsr) & 0xFFFFFFFF) / 65_536
            if rtt < MAX_RTT_SECONDS:
                self.rtt = rtt

    def choke(self, sent_bps: float, now: float) -> None:
        """Lower the cap below what was sent in a second in which video was refused."""
        self.is_choked = False
        self._lower(min(self._cap, sent_bps or self._cap) * CHOKED_SHARE, now)

    def grow(self, now: float) -> None:
        """Let the cap grow, once a second, unless it was lowered just before."""
        if now >= self._held_until:
            self._cap = min(DEFAULT_CAP_BPS, self._cap * GROWTH)

    def takes_bps(self) -> int:
        """Return the rate that the receiver can take, at most the default cap."""
        return int(self._cap)

    def _lower(self, bits_per_second: float, now: float) -> None:
        self._cap = max(FLOOR_BPS, min(self._cap, bits_per_second))
        self._held_until = now + HOLD_SECONDS


def sender_cap(receivers: Iterable[int], default: int = DEFAULT_CAP_BPS) -> int:
    """Return the cap for a sender whose receivers can take these rates each."""
    return min(receivers, default=default)


class KeyframeRequests:
    """When a sender is asked for a keyframe: what many want is asked once, and again until it comes."""

    __slots__ = ("_asked_at", "_came_at", "wanted")

    def __init__(self) -> None:
        self._asked_at = -KEYFRAME_INTERVAL_SECONDS
        self._came_at: float | None = None
        self.wanted = False

    def want(self, now: float) -> bool:
        """Note that somebody needs one; say whether to ask now."""
        self.wanted = True
        return self.due(now)

    def due(self, now: float, *, recorded: bool = False) -> bool:
        """Say whether to ask now: something waits, or a recorded keyframe has become old."""
        if recorded and self._came_at is not None and now - self._came_at > RECORDED_KEYFRAME_SECONDS:
            self.wanted = True
        if not self.wanted or now - self._asked_at < KEYFRAME_INTERVAL_SECONDS:
            return False
        self._asked_at = now
        return True

    def came(self, now: float) -> None:
        """Note a keyframe."""
        self.wanted = False
        self._came_at = now
