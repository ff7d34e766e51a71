"""A running part: the tracks of one peer on their way into a sink."""

from collections.abc import Callable
from datetime import datetime

from webrtc.depacketizer import AudioDepacketizer, VideoDepacketizer
from webrtc.media_clock import MediaClock
from webrtc.ports import Json, Kind, PartFacts, TrackSink
from webrtc.up_track import UpTrack


class Tape:
    """Takes the recorded kinds of a peer's tracks until it is ended; `origin` is its beginning in seconds."""

    __slots__ = ("_begun_at", "_clocks", "_tracks", "part_id", "participant_id", "recording_id", "sink")

    def __init__(
        self, part_id: str, participant_id: str, recording_id: str, sink: TrackSink, *, begun_at: datetime
    ) -> None:
        self.part_id = part_id
        self.participant_id = participant_id
        self.recording_id = recording_id
        self.sink = sink
        self._begun_at = begun_at
        self._tracks: list[UpTrack] = []
        self._clocks: dict[Kind, MediaClock] = {}

    def take(self, track: UpTrack, origin: float) -> None:
        """Record a track from now on; video is asked for a keyframe."""
        clock = MediaClock(track.rate, origin)
        if track.report is not None:
            clock.reported(*track.report)
        if track.kind == "video":
            track.recording = VideoDepacketizer(self.sink, clock, _asking(track))
            track.ask_keyframe(track)
        else:
            track.recording = AudioDepacketizer(self.sink, clock)
        self._tracks.append(track)
        self._clocks[track.kind] = clock

    def reported(self, track: UpTrack) -> None:
        """Learn a track's latest sender report."""
        if track in self._tracks and track.report is not None:
            self._clocks[track.kind].reported(*track.report)

    def detach(self) -> None:
        """Give the sink what is still held and let the tracks go."""
        for track in self._tracks:
            if track.recording is not None:
                track.recording.flush()
                track.recording = None
        self._tracks.clear()

    def started_event(self, room_id: str) -> Json:
        """Return the event of the part's beginning."""
        return {"is": "part_started", **self._names(room_id), "at": self._begun_at.isoformat()}

    def finished_event(self, room_id: str, facts: PartFacts, ended_at: datetime) -> Json:
        """Return the event of the part's end, with what is known of it."""
        return {
            "is": "part_finished",
            **self._names(room_id),
            "started_at": self._begun_at.isoformat(),
            "ended_at": ended_at.isoformat(),
            "duration_ms": facts.duration_ms,
            "video_frames": facts.video_frames,
            "audio_frames": facts.audio_frames,
            "width": facts.width,
            "height": facts.height,
            "bytes": facts.bytes,
            "body_sha256": facts.body_sha256,
        }

    def _names(self, room_id: str) -> Json:
        return {
            "room": room_id,
            "recording": self.recording_id,
            "part": self.part_id,
            "participant": self.participant_id,
        }


def _asking(track: UpTrack) -> Callable[[], None]:
    return lambda: track.ask_keyframe(track)
