"""Recording tracks: one thread muxes, seals and makes durable every part, and never blocks the loop.

`SealedRecorder` and what it begins have the shapes that the media room asks for (its ports `Recorder` and
`TrackSink`). Frames pass through a bounded queue per part. A full queue ends the part and `failed()` says so:
nothing is dropped in silence.
"""

import asyncio
import hashlib
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from recordings.durable_writer import DurableWriter, SealedPair, sync_together
from recordings.errors import DiskFull, SealedFileExists, SealingFailed
from recordings.keyring import Keyring
from recordings.sealed_file import base_in, make_folder
from recordings.webm import WebmMuxer

POLL_SECONDS = 0.1
SYNC_SECONDS = 0.6  # with one poll and the sync itself, a killed process loses less than a second
MOST_QUEUED_BYTES = 8 * 1024 * 1024  # of one part: a minute of 1 Mbit/s


class _Kind(Enum):
    AUDIO = auto()
    DELTA = auto()
    KEYFRAME = auto()


_Frame = tuple[_Kind, int, bytes, int, int]  # kind, pts in ms, the frame, width and height of a keyframe
_NOTHING = SealedPair(0, 0, 0, hashlib.sha256().hexdigest(), is_finished=False)


@dataclass(frozen=True, slots=True)
class PartFacts:
    """What is known of a part when it ends; `is_finished` is false when it has to be salvaged."""

    duration_ms: int
    video_frames: int
    audio_frames: int
    width: int
    height: int
    bytes: int
    body_sha256: str
    is_finished: bool


class SealedRecorder:
    """Records the parts of every room of a media node below `folder`, as FOLDER/ROOM/PART.{hdr,body,tail}."""

    def __init__(
        self,
        folder: Path,
        keyring: Keyring,
        *,
        most_queued_bytes: int = MOST_QUEUED_BYTES,
        sync_seconds: float = SYNC_SECONDS,
    ) -> None:
        self._folder = folder
        self._keyring = keyring
        self._most_queued_bytes = most_queued_bytes
        self._sync_seconds = sync_seconds
        self._synced_at = time.monotonic()
        self._sync_took = 0.0
        self._parts: list[_Part] = []  # begun by the loop, taken away by the thread
        self._wake = threading.Event()
        self._is_closing = False
        self._writing = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._writing.start()

    def begin(self, room_id: str, part_id: str, *, kinds: tuple[str, ...]) -> "SealedTrack":
        """Begin a part; never blocks, a disk that refuses shows in `failed()`. `ValueError`: a bad name."""
        if self._is_closing:
            raise RuntimeError("this recorder is closed")
        base = base_in(base_in(self._folder, room_id), part_id)
        track = SealedTrack(self._wake, self._most_queued_bytes)
        self._parts.append(_Part(track, base, self._keyring, kinds))
        self._wake.set()
        return track

    def lag(self) -> dict[str, float]:
        """Tell how far the disk is behind, in seconds: `queued`, `unsynced` and `sync`, as the port says."""
        now = time.monotonic()
        parts = tuple(self._parts)
        return {
            "queued": max((now - part.taken_at for part in parts if part.track.queue), default=0.0),
            "unsynced": now - self._synced_at if parts else 0.0,
            "sync": self._sync_took,
        }

    def close(self) -> None:
        """Finish every part that is still open and end the thread; blocking."""
        self._is_closing = True
        for part in tuple(self._parts):
            part.track.is_ending = True
        self._wake.set()
        self._writing.join()

    def _run(self) -> None:
        while self._parts or not self._is_closing:
            self._wake.wait(POLL_SECONDS if self._parts else None)
            self._wake.clear()
            for part in tuple(self._parts):
                part.step()
            if time.monotonic() - self._synced_at >= self._sync_seconds:
                self._sync()
            for part in tuple(self._parts):
                if part.is_over:
                    self._parts.remove(part)

    def _sync(self) -> None:
        """Make durable what all parts were given so far."""
        began = time.monotonic()
        staged = [(part, writer) for part in tuple(self._parts) if (writer := part.staged())]
        if staged:
            sync_together([writer for _, writer in staged])
        for part, writer in staged:
            part.synced(writer)
        self._synced_at = time.monotonic()
        if staged:
            self._sync_took = self._synced_at - began


class SealedTrack:
    """The loop's side of one part; has the shape of the media room's `TrackSink`."""

    def __init__(self, wake: threading.Event, most_queued_bytes: int) -> None:
        self._wake = wake
        self._most_queued_bytes = most_queued_bytes
        self._given_bytes = 0  # counted by the loop
        self.taken_bytes = 0  # counted by the thread
        self.queue: deque[_Frame] = deque()
        self.reason: str | None = None
        self.is_ending = False
        self.facts: Future[PartFacts] = Future()
        self.facts.set_running_or_notify_cancel()  # whoever waits may be cancelled, the facts still come

    def video(self, pts_ms: int, frame: bytes, *, keyframe: bool, width: int, height: int) -> None:
        """Take one whole VP8 frame."""
        self._give((_Kind.KEYFRAME if keyframe else _Kind.DELTA, pts_ms, frame, width, height))

    def audio(self, pts_ms: int, frame: bytes) -> None:
        """Take one Opus packet."""
        self._give((_Kind.AUDIO, pts_ms, frame, 0, 0))

    def failed(self) -> str | None:
        """Say in a few words, without a path, why the part has ended by itself; None while it goes on."""
        return self.reason

    async def finish(self) -> PartFacts:
        """Write and seal what was given; never raises for the disk: facts and `failed()` say how it went."""
        self.is_ending = True
        self._wake.set()
        return await asyncio.wrap_future(self.facts)

    def _give(self, item: _Frame) -> None:
        size = len(item[2])
        if self.is_ending or self.reason is not None:
            return
        if self._given_bytes + size - self.taken_bytes > self._most_queued_bytes:
            self.reason = "the disk is too slow"
            self.is_ending = True
            self._wake.set()
            return
        self._given_bytes += size
        self.queue.append(item)


class _Part:
    """The thread's side of one part: muxer and durable writer."""

    def __init__(self, track: SealedTrack, base: Path, keyring: Keyring, kinds: tuple[str, ...]) -> None:
        self.track = track
        self._base = base
        self._keyring = keyring
        self._muxed: list[bytes] = []
        self._muxer = WebmMuxer(self._muxed.append, kinds)
        self._writer: DurableWriter | None = None
        self.taken_at = time.monotonic()
        """When the queue was last begun to be emptied: no frame in it is older."""
        self.is_over = False

    def step(self) -> None:
        """Do what is due: open the file, take what is queued, end the part."""
        is_ending = self.track.is_ending  # asked first: what was given before it is in the queue
        try:
            if self._writer is None:
                make_folder(self._base.parent)
                self._writer = DurableWriter(self._base, self._keyring.recipients)
            self._take_queued()
            self._write_muxed(self._writer)
            if is_ending:
                self._muxer.finish()
                self._write_muxed(self._writer)
                self._end(self._writer.close())
        except Exception as error:  # noqa: BLE001  one part that fails takes no other part with it
            self._give_up(error)

    def staged(self) -> DurableWriter | None:
        """Write down what is not durable yet, for the sync of all parts; None when this one has nothing."""
        if self._writer is None or self.is_over:
            return None
        try:
            self._muxer.flush()
            self._write_muxed(self._writer)
            return self._writer if self._writer.stage() else None
        except Exception as error:  # noqa: BLE001  as above
            self._give_up(error)
            return None

    def synced(self, writer: DurableWriter) -> None:
        """End the part if the sync failed for it."""
        if writer.failure is not None:
            self._give_up(writer.failure)

    def _take_queued(self) -> None:
        self.taken_at = time.monotonic()
        queue, muxer = self.track.queue, self._muxer
        while queue:
            kind, pts_ms, frame, width, height = queue.popleft()
            if kind is _Kind.AUDIO:
                muxer.audio(pts_ms, frame)
            else:
                muxer.video(pts_ms, frame, keyframe=kind is _Kind.KEYFRAME, width=width, height=height)
            self.track.taken_bytes += len(frame)

    def _write_muxed(self, writer: DurableWriter) -> None:
        if self._muxed:
            writer.write(b"".join(self._muxed))
            self._muxed.clear()

    def _give_up(self, error: Exception) -> None:
        """End a part that cannot go on; what was made durable stays on the disk, to be salvaged."""
        self.track.reason = _in_a_few_words(error)
        self.track.queue.clear()
        self._end(self._writer.abandon() if self._writer is not None else _NOTHING)

    def _end(self, pair: SealedPair) -> None:
        self.is_over = True
        self.track.is_ending = True
        self.track.facts.set_result(
            PartFacts(
                duration_ms=self._muxer.duration_ms,
                video_frames=self._muxer.video_frames,
                audio_frames=self._muxer.audio_frames,
                width=self._muxer.width,
                height=self._muxer.height,
                bytes=pair.body_bytes,
                body_sha256=pair.body_sha256,
                is_finished=pair.is_finished,
            )
        )


def _in_a_few_words(error: Exception) -> str:
    """Name a failure without the path in its sentence, which is none of a screen's business."""
    if isinstance(error, DiskFull):
        return "the disk is full"
    if isinstance(error, SealingFailed):
        return f"the disk refuses: {error.reason}"
    if isinstance(error, SealedFileExists):
        return "a part of this name exists"
    return f"the recorder failed: {type(error).__name__}"
