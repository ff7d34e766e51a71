"""Maps the RTP timestamps of one track to the part's clock, so that audio and video stay together.

A track starts from the arrival of its first packet. Sender reports then tell where the timestamp lies on the
clock that audio and video of one sender share, and the mapping moves there in small steps, never backwards.
"""

STEP_SECONDS = 0.001
JUMP_SECONDS = 1.0
_HALF = 1 << 31
_MASK = 0xFFFFFFFF


class MediaClock:
    """The clock of one track; `origin` is the moment of pts 0 on the node's monotonic clock, `rate` in Hz."""

    __slots__ = ("_base", "_last_ms", "_origin", "_rate", "_target", "_top")

    def __init__(self, rate: int, origin: float) -> None:
        self._rate = rate
        self._origin = origin
        self._top: int | None = None
        self._base: float | None = None
        self._target: float | None = None
        self._last_ms = -1

    def reported(self, at: float, timestamp: int) -> None:
        """Learn that `timestamp` belongs to the moment `at`."""
        self._target = at - self._unwrap(timestamp) / self._rate

    def pts_ms(self, timestamp: int, arrived_at: float) -> int:
        """Return `timestamp` in ms since the origin, later than any before; negative before it."""
        position = self._unwrap(timestamp) / self._rate
        if self._base is None:
            self._base = self._target if self._target is not None else arrived_at - position
        elif self._target is not None:
            away = self._target - self._base
            self._base += away if abs(away) > JUMP_SECONDS else max(-STEP_SECONDS, min(STEP_SECONDS, away))
        pts = round((self._base + position - self._origin) * 1000)
        if pts >= 0:
            pts = self._last_ms = max(pts, self._last_ms + 1)
        return pts

    def restart(self) -> None:
        """Forget the timestamps: another stream takes the track's place."""
        self._top = self._base = self._target = None

    def _unwrap(self, timestamp: int) -> int:
        if self._top is None:
            self._top = timestamp
        unwrapped = self._top + ((timestamp - self._top + _HALF) & _MASK) - _HALF
        self._top = max(self._top, unwrapped)
        return unwrapped
