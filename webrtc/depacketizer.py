"""Puts the RTP packets of one track back in order and gives whole frames to a part's sink.

Late and retransmitted packets find their place within a window of time. Video starts at a keyframe; after a
loss it waits for the next one and asks for it.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from webrtc.errors import PacketRefused
from webrtc.media_clock import MediaClock
from webrtc.ports import TrackSink
from webrtc.vp8 import descriptor_size, is_keyframe, keyframe_size, starts_frame

WINDOW_SECONDS = 0.4
WINDOW_PACKETS = 512
MAX_FRAME_BYTES = 4 << 20
VIDEO_RATE = 90_000
AUDIO_RATE = 48_000
_HALF = 0x8000
_FAR_BEHIND = 4096
_MASK = 0xFFFF


class Held(NamedTuple):
    """A packet in its place; `arrived_at` in seconds."""

    marker: int
    timestamp: int
    payload: bytes
    arrived_at: float


class Sequencer:
    """Returns packets in order; a hole that stays open longer than the window is given up and yields None."""

    __slots__ = ("_late", "_next")

    def __init__(self) -> None:
        self._next: int | None = None
        self._late: dict[int, Held] = {}

    def passes(self, sequence: int) -> bool:
        """Say whether a packet is the next one and nothing is held; it is counted and need not be pushed."""
        if self._next is None:
            self._next = sequence
        if sequence != self._next or self._late:
            return False
        self._next = (sequence + 1) & _MASK
        return True

    def push(self, sequence: int, packet: Held) -> list[Held | None]:
        """Take a packet that did not pass; return what is now in order, None in the place of each hole."""
        if self._next is None:
            self._next = sequence
        if (behind := (self._next - sequence) & _MASK) <= _HALF and behind:
            if behind > _FAR_BEHIND:
                self.restart()  # the numbers went back for good, a far one before was a mistake
            return []
        self._late.setdefault(sequence, packet)
        return [*self._in_order(), *self._given_up(packet.arrived_at)]

    def flush(self) -> list[Held | None]:
        """Return everything that is still held, with its holes."""
        ready: list[Held | None] = []
        while self._late:
            ready += [*self._skip(), *self._in_order()]
        return ready

    def restart(self) -> None:
        """Forget the numbering: another stream takes the track's place."""
        self._next = None
        self._late.clear()

    def _in_order(self) -> Iterator[Held]:
        while self._next is not None and (packet := self._late.pop(self._next, None)) is not None:
            self._next = (self._next + 1) & _MASK
            yield packet

    def _given_up(self, now: float) -> list[Held | None]:
        ready: list[Held | None] = []
        while self._late:
            oldest = min(packet.arrived_at for packet in self._late.values())
            if now - oldest <= WINDOW_SECONDS and len(self._late) <= WINDOW_PACKETS:
                break
            ready += [*self._skip(), *self._in_order()]
        return ready

    def _skip(self) -> list[None]:
        expected = self._next or 0
        self._next = min(self._late, key=lambda sequence: (sequence - expected) & _MASK)
        return [None]


class VideoDepacketizer:
    """Gives whole VP8 frames to the sink; `ask` is called when only a keyframe helps."""

    __slots__ = ("_ask", "_broken", "_bytes", "_clock", "_parts", "_sequencer", "_sink", "_timestamp")

    def __init__(self, sink: TrackSink, clock: MediaClock, ask: Callable[[], None]) -> None:
        self._sink = sink
        self._clock = clock
        self._ask = ask
        self._sequencer = Sequencer()
        self._parts: list[bytes] = []
        self._bytes = 0
        self._timestamp = 0
        self._broken = True

    def push(self, marker: int, sequence: int, timestamp: int, payload: bytes, now: float) -> None:
        """Take a packet; `marker` is not 0 on the last one of a frame. This is the packet path."""
        if self._sequencer.passes(sequence):
            self._take(marker, timestamp, payload, now)
            return
        for packet in self._sequencer.push(sequence, Held(marker, timestamp, payload, now)):
            self._take_held(packet)

    def flush(self) -> None:
        """Give what is held: the part ends."""
        for packet in self._sequencer.flush():
            self._take_held(packet)

    def restart(self) -> None:
        """Begin anew with another stream."""
        self._sequencer.restart()
        self._clock.restart()
        self._break()

    def _take_held(self, packet: Held | None) -> None:
        if packet is None:
            self._break()
        else:
            self._take(packet.marker, packet.timestamp, packet.payload, packet.arrived_at)

    def _take(self, marker: int, timestamp: int, payload: bytes, arrived_at: float) -> None:
        if not payload:
            return  # padding probes keep their number and carry nothing
        try:
            begin = descriptor_size(payload)
        except PacketRefused:
            self._break()
            return
        if starts_frame(payload) and (not self._parts or timestamp != self._timestamp):
            self._start(timestamp)
        elif not self._parts:
            return
        self._parts.append(payload[begin:])
        self._bytes += len(payload)
        if self._bytes > MAX_FRAME_BYTES:
            self._break()
        elif marker:
            self._finish(timestamp, arrived_at)

    def _start(self, timestamp: int) -> None:
        if self._parts:
            self._break()
        self._parts = []
        self._bytes = 0
        self._timestamp = timestamp

    def _finish(self, timestamp: int, arrived_at: float) -> None:
        frame = b"".join(self._parts)
        self._parts = []
        keyframe = is_keyframe(frame)
        if self._broken and not keyframe:
            self._ask()
            return
        self._broken = False
        width, height = keyframe_size(frame) if keyframe else (0, 0)
        pts = max(0, self._clock.pts_ms(timestamp, arrived_at))
        self._sink.video(pts, frame, keyframe=keyframe, width=width, height=height)

    def _break(self) -> None:
        self._parts = []
        if not self._broken:
            self._broken = True
            self._ask()


class AudioDepacketizer:
    """Gives Opus packets to the sink; those from before the part's beginning are left out."""

    __slots__ = ("_clock", "_sequencer", "_sink")

    def __init__(self, sink: TrackSink, clock: MediaClock) -> None:
        self._sink = sink
        self._clock = clock
        self._sequencer = Sequencer()

    def push(self, marker: int, sequence: int, timestamp: int, payload: bytes, now: float) -> None:
        """Take a packet. This is the packet path."""
        if self._sequencer.passes(sequence):
            self._take(timestamp, payload, now)
            return
        for packet in self._sequencer.push(sequence, Held(marker, timestamp, payload, now)):
            self._take_held(packet)

    def flush(self) -> None:
        """Give what is held: the part ends."""
        for packet in self._sequencer.flush():
            self._take_held(packet)

    def restart(self) -> None:
        """Begin anew with another stream."""
        self._sequencer.restart()
        self._clock.restart()

    def _take_held(self, packet: Held | None) -> None:
        if packet is not None:
            self._take(packet.timestamp, packet.payload, packet.arrived_at)

    def _take(self, timestamp: int, payload: bytes, arrived_at: float) -> None:
        if not payload:
            return
        pts = self._clock.pts_ms(timestamp, arrived_at)
        if pts >= 0:
            self._sink.audio(pts, payload)
