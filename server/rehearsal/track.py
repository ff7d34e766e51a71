"""The two tracks that a rehearsal peer sends: card and tone, paced like a camera and a microphone."""

import asyncio
import fractions
from collections.abc import Callable
from typing import Final

from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame, VideoFrame

from server.rehearsal import card, tone
from server.rehearsal.card import Side

VIDEO_CLOCK: Final = 90_000
AUDIO_FRAME_SAMPLES: Final = tone.SAMPLES_PER_SECOND // 50

Elapsed = Callable[[], float]  # seconds since the rehearsal began, monotonic


class CardTrack(MediaStreamTrack):
    """A camera that sees the test card of a side."""

    kind = "video"

    def __init__(self, side: Side, elapsed: Elapsed) -> None:
        super().__init__()
        self._side = side
        self._elapsed = elapsed
        self._next_at = elapsed()

    async def recv(self) -> VideoFrame:
        """Wait for the next picture's time, and draw what the clock says then."""
        if self.readyState != "live":
            raise MediaStreamError
        await asyncio.sleep(max(0.0, self._next_at - self._elapsed()))
        now = self._elapsed()
        self._next_at = max(self._next_at + 1 / card.FRAMES_PER_SECOND, now)
        stamp = round(now * VIDEO_CLOCK)
        elapsed_ms = round(stamp / (VIDEO_CLOCK / 1000))
        frame = VideoFrame.from_ndarray(card.draw(self._side, elapsed_ms), format="yuv420p")
        frame.pts = stamp
        frame.time_base = fractions.Fraction(1, VIDEO_CLOCK)
        return frame


class ToneTrack(MediaStreamTrack):
    """A microphone that hears the test tone of a side."""

    kind = "audio"

    def __init__(self, side: Side, elapsed: Elapsed) -> None:
        super().__init__()
        self._side = side
        self._elapsed = elapsed
        self._began_at = elapsed()
        self._samples = 0

    async def recv(self) -> AudioFrame:
        """Wait until the next 20 ms of sound are due, and return them."""
        if self.readyState != "live":
            raise MediaStreamError
        due = self._began_at + self._samples / tone.SAMPLES_PER_SECOND
        await asyncio.sleep(max(0.0, due - self._elapsed()))
        sound = tone.samples_of(self._side, self._samples, AUDIO_FRAME_SAMPLES)
        frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = tone.SAMPLES_PER_SECOND
        frame.pts = self._samples
        frame.time_base = fractions.Fraction(1, tone.SAMPLES_PER_SECOND)
        self._samples += AUDIO_FRAME_SAMPLES
        return frame
