"""One track on its way up: what a participant sends, and who takes it from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webrtc.depacketizer import AUDIO_RATE, VIDEO_RATE
from webrtc.feedback import KeyframeRequests, NackList, Reception
from webrtc.ports import Kind
from webrtc.vp8 import begins_keyframe

if TYPE_CHECKING:
    from collections.abc import Callable

    from webrtc.depacketizer import AudioDepacketizer, VideoDepacketizer
    from webrtc.forwarder import Forwarder

_RING = 1024
_RING_MASK = _RING - 1
_HALF = 0x8000


class UpTrack:
    """An incoming stream: duplicates dropped, losses noted, packets handed to forwarders and the recording.

    `ask_nack` and `ask_keyframe` send the request to the participant.
    """

    __slots__ = (
        "_expected_before",
        "_received_before",
        "_seen",
        "_transit",
        "ask_keyframe",
        "ask_nack",
        "bytes",
        "forwarders",
        "is_repaired",
        "jitter",
        "keyframes",
        "kind",
        "nacks",
        "rate",
        "reception",
        "recording",
        "repaired",
        "report",
        "ssrc",
        "top",
    )

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.rate = VIDEO_RATE if kind == "video" else AUDIO_RATE
        self.ssrc: int | None = None
        self.top: int | None = None
        self.forwarders: tuple[Forwarder, ...] = ()
        self.recording: VideoDepacketizer | AudioDepacketizer | None = None
        self.report: tuple[float, int] | None = None
        """The last sender report: a moment on our clock and the RTP timestamp that belongs to it."""
        self.is_repaired = kind == "video"
        """Whether what is lost on the way is asked for again, and not just counted."""
        self.nacks = NackList()
        self.keyframes = KeyframeRequests()
        self.reception = Reception()
        self.jitter = 0.0
        self.bytes = 0
        self.repaired = 0
        """How many packets came only when they were sent again."""
        self._expected_before = self._received_before = 0
        self.ask_nack: Callable[[UpTrack, list[int]], None] = lambda *_: None
        self.ask_keyframe: Callable[[UpTrack], None] = lambda _: None
        self._transit = 0.0
        self._seen: list[int | None] = [None] * _RING

    @property
    def expected(self) -> int:
        """How many packets the participant has sent, as far as their numbers tell."""
        return self._expected_before + (0 if self.top is None else self.reception.expected(self.top))

    @property
    def received(self) -> int:
        """How many of them came, each counted once."""
        return self._received_before + self.reception.received

    @property
    def lost(self) -> int:
        """How many were lost on the way, whether they were sent again or not."""
        return self.expected - self.received + self.repaired

    def begin(self, ssrc: int) -> None:
        """Follow another SSRC from now on."""
        self._expected_before, self._received_before = self.expected, self.received
        self.ssrc = ssrc
        self.top = self.report = None
        self._seen = [None] * _RING
        self.nacks.clear()
        self.reception = Reception()
        for forwarder in self.forwarders:
            forwarder.source_restarted()
        if self.recording is not None:
            self.recording.restart()
        if self.kind == "video" and (self.forwarders or self.recording is not None):
            self.ask_keyframe(self)

    def receive(  # noqa: PLR0917  keywords cost on the packet path
        self, marker: int, sequence: int, timestamp: int, payload: bytes, level: int | None, now: float
    ) -> None:
        """Take one packet without padding; `marker` is 0x80 or 0. This is the packet path."""
        seen = self._seen
        slot = sequence & _RING_MASK
        if seen[slot] == sequence:
            return
        seen[slot] = sequence
        self.reception.received += 1
        self.bytes += len(payload)
        top = self.top
        if top is None:
            self.top = self.reception.first = sequence
        else:
            ahead = (sequence - top) & 0xFFFF
            if ahead < _HALF:
                if sequence < top:
                    self.reception.cycles += 0x10000
                self.top = sequence
                if ahead != 1 and self.is_repaired:
                    self._lost(top, sequence, now)
                transit = now * self.rate - timestamp
                self.jitter += (abs(transit - self._transit) % 0xFFFFFFFF - self.jitter) / 16
                self._transit = transit
            elif self.nacks:
                self.nacks.arrived(sequence)
        keyframe = self.kind == "video" and begins_keyframe(payload)
        if keyframe:
            self.keyframes.came(now)
        for forwarder in self.forwarders:
            forwarder.forward(marker, sequence, timestamp, payload, level, keyframe, now)
        if self.recording is not None:
            self.recording.push(marker, sequence, timestamp, payload, now)

    def subscribe(self, forwarder: Forwarder) -> None:
        """Hand packets to `forwarder` from now on."""
        self.forwarders = (*self.forwarders, forwarder)

    def unsubscribe(self, forwarder: Forwarder) -> None:
        """Hand no more packets to `forwarder`."""
        self.forwarders = tuple(other for other in self.forwarders if other is not forwarder)

    def _lost(self, top: int, sequence: int, now: float) -> None:
        wanted = self.nacks.gap(top, sequence, now)
        if wanted:
            self.ask_nack(self, wanted)
