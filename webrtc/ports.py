"""The shapes through which media meets the rest: where tracks are recorded, and what tells the time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, Protocol

Clock = Callable[[], datetime]
"""Returns the present moment, aware, in UTC."""

Kind = Literal["audio", "video"]
"""The two kinds of track."""

Json = dict[str, Any]
"""A JSON object as `json.loads` gives it."""


Address = tuple[Any, ...]
"""A socket address as the kernel gives it: host and port, of IPv6 two figures more."""


class PartFacts(Protocol):
    """What is known of a finished part."""

    @property
    def duration_ms(self) -> int:
        """From the part's beginning to the end of its last frame."""

    @property
    def video_frames(self) -> int:
        """How many video frames were written."""

    @property
    def audio_frames(self) -> int:
        """How many audio packets were written."""

    @property
    def width(self) -> int:
        """Pixels of the last keyframe, 0 without video."""

    @property
    def height(self) -> int:
        """Pixels of the last keyframe, 0 without video."""

    @property
    def bytes(self) -> int:
        """Size of the sealed body."""

    @property
    def body_sha256(self) -> str:
        """Hexadecimal digest of the sealed body."""


class TrackSink(Protocol):
    """One participant's part; no method blocks, all are called on the loop."""

    def video(self, pts_ms: int, frame: bytes, *, keyframe: bool, width: int, height: int) -> None:
        """Take one whole VP8 frame; width and height are known at keyframes, else 0."""

    def audio(self, pts_ms: int, frame: bytes) -> None:
        """Take one Opus packet."""

    def failed(self) -> str | None:
        """Say why the writer gave up (disk full …), or None while it works."""

    async def finish(self) -> PartFacts:
        """Flush and seal; nothing is given to the sink afterwards."""


class Recorder(Protocol):
    """Opens a part for one participant."""

    def begin(self, room_id: str, part_id: str, *, kinds: tuple[Kind, ...]) -> TrackSink:
        """Begin the part `part_id`; its pts 0 is now."""

    def lag(self) -> dict[str, float]:
        """Tell in seconds how far it is behind.

        `queued`: so old at most is the oldest frame that waits; `unsynced`: since the last sync; `sync`: what
        that took.
        """
