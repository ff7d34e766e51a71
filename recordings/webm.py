"""A live WebM muxer for one participant: VP8 and Opus as they came, appended to something that cannot seek.

Source: RFC 9559 (Matroska) and the WebM container guidelines. The Segment has no size, every Cluster is
written whole, so a file cut anywhere plays up to its last whole cluster. FORMAT.md names the elements.
"""

import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass

CLUSTER_MS = 500
VIDEO_TRACK, AUDIO_TRACK = 1, 2
OPUS_PRE_SKIP = 312  # samples at 48 kHz that a decoder throws away: 6.5 ms
OPUS_DELAY_NS, SEEK_PRE_ROLL_NS = 6_500_000, 80_000_000
OPUS_DELAY_MS = 7  # in blocks, whose time counts from before what is thrown away (rounded as players round)

_ASSUMED_SIZE = (640, 480)  # until a keyframe says; players take the size from the keyframes anyway
_MOST_SKEW_MS = (
    15_000  # two tracks may lie so far apart in one cluster; a block's own time is a signed 16-bit
)
_AUDIO_CUE_MS = 5_000
_KINDS = {VIDEO_TRACK: "video", AUDIO_TRACK: "audio"}
_MOST_STEP_MS = {VIDEO_TRACK: 1_000, AUDIO_TRACK: 120}

_EBML = 0x1A45DFA3
_SEGMENT = b"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff"  # of unknown size
_INFO, _TRACKS, _CLUSTER, _CUES = 0x1549A966, 0x1654AE6B, 0x1F43B675, 0x1C53BB6B
_TIMESTAMP, _SIMPLE_BLOCK = 0xE7, b"\xa3"
_BLOCK_HEAD = struct.Struct(">BhB")
_KEYFRAME = 0x80


@dataclass(slots=True)
class _Track:
    """What was taken of one track so far."""

    frames: int = 0
    last_ms: int = -1
    end_ms: int = 0


class WebmMuxer:
    """Takes frames of one participant in the order of decoding, gives whole elements to `write`.

    Video begins with its first keyframe: what comes before cannot be decoded and is left out.
    """

    def __init__(self, write: Callable[[bytes], object], kinds: Collection[str]) -> None:
        self._write = write
        self._kinds = tuple(kinds)
        self._tracks = {VIDEO_TRACK: _Track(), AUDIO_TRACK: _Track()}
        self._held: list[tuple[int, int, int, bytes]] = []  # time, track, flags, frame
        self._anchor_ms = 0
        self._position = -1  # in the Segment's data; nothing is written yet
        self._cues: list[tuple[int, int, int]] = []  # time, track, position of the cluster
        self.width = 0
        self.height = 0

    @property
    def video_frames(self) -> int:
        """How many video frames were taken."""
        return self._tracks[VIDEO_TRACK].frames

    @property
    def audio_frames(self) -> int:
        """How many Opus packets were taken."""
        return self._tracks[AUDIO_TRACK].frames

    @property
    def duration_ms(self) -> int:
        """The end of the last frame, each as long as the step to it was."""
        return max(track.end_ms for track in self._tracks.values())

    def video(self, pts_ms: int, frame: bytes, *, keyframe: bool, width: int, height: int) -> None:
        """Take a VP8 frame; a keyframe begins a cluster, and may change the size of the picture."""
        if keyframe and width and height:
            self.width, self.height = width, height
        if not frame or not (keyframe or self.video_frames):
            return
        time_ms = self._timed(VIDEO_TRACK, pts_ms)
        if keyframe and self._held:
            self._begin_cluster_at(time_ms)
        self._hold(time_ms, VIDEO_TRACK, _KEYFRAME if keyframe else 0, frame)

    def audio(self, pts_ms: int, frame: bytes) -> None:
        """Take an Opus packet."""
        if frame:
            self._hold(self._timed(AUDIO_TRACK, pts_ms) + OPUS_DELAY_MS, AUDIO_TRACK, _KEYFRAME, frame)

    def flush(self) -> None:
        """Write what is held as a cluster, its blocks in the order of time."""
        if not self._held:
            return
        self._write_head()
        self._held.sort(key=_time_and_track)
        begins_ms = self._held[0][0]
        parts = [_element(_TIMESTAMP, _number(begins_ms))]
        for time_ms, track, flags, frame in self._held:
            head = _BLOCK_HEAD.pack(0x80 | track, time_ms - begins_ms, flags)
            parts += (_SIMPLE_BLOCK, _size(len(head) + len(frame)), head, frame)
        self._note_cue()
        self._held = []
        self._put(_element(_CLUSTER, b"".join(parts)))

    def finish(self) -> None:
        """Write what is held and the index of keyframes; the file is whole even if it never had a frame."""
        self.flush()
        self._write_head()
        if self._cues:
            self._put(_element(_CUES, b"".join(_cue(*cue) for cue in self._cues)))

    def _timed(self, number: int, pts_ms: int) -> int:
        """Count a frame; gives its time, which only grows within a track."""
        if _KINDS[number] not in self._kinds:
            raise ValueError(f"this file was begun without {_KINDS[number]}")
        track = self._tracks[number]
        time_ms = max(pts_ms, track.last_ms + 1)
        step_ms = min(time_ms - track.last_ms, _MOST_STEP_MS[number]) if track.frames else 0
        track.frames += 1
        track.last_ms = time_ms
        track.end_ms = time_ms + step_ms
        return time_ms

    def _hold(self, time_ms: int, track: int, flags: int, frame: bytes) -> None:
        if self._held and not -_MOST_SKEW_MS < time_ms - self._anchor_ms < CLUSTER_MS:
            self.flush()
        if not self._held:
            self._anchor_ms = time_ms
        self._held.append((time_ms, track, flags, frame))

    def _begin_cluster_at(self, time_ms: int) -> None:
        """End the cluster before a keyframe; sound that is a little ahead of it goes into the new one."""
        ahead = [block for block in self._held if block[0] >= time_ms]
        if any(block[0] - time_ms >= CLUSTER_MS for block in ahead):
            ahead = []  # far ahead: it stays, in its order
        else:
            self._held = [block for block in self._held if block[0] < time_ms]
        self.flush()
        self._held = ahead
        self._anchor_ms = time_ms

    def _note_cue(self) -> None:
        """Remember a cluster that playing can begin with: one with a keyframe, or now and then mere sound."""
        for time_ms, track, flags, _ in self._held:
            if track == VIDEO_TRACK and flags:
                self._cues.append((time_ms, track, self._position))
                return
        begins_ms = self._held[0][0]
        is_far = not self._cues or begins_ms - self._cues[-1][0] >= _AUDIO_CUE_MS
        if is_far and not self.video_frames:
            self._cues.append((begins_ms, AUDIO_TRACK, self._position))

    def _write_head(self) -> None:
        if self._position < 0:
            self._write(_file_head())
            self._position = 0
            self._put(_element(_INFO, _info()))
            self._put(_element(_TRACKS, self._track_entries()))

    def _track_entries(self) -> bytes:
        video = _video_entry(self.width, self.height) if "video" in self._kinds else b""
        return video + (_audio_entry() if "audio" in self._kinds else b"")

    def _put(self, data: bytes) -> None:
        self._write(data)
        self._position += len(data)


def _time_and_track(block: tuple[int, int, int, bytes]) -> tuple[int, int]:
    return block[0], block[1]


def _file_head() -> bytes:
    fields = (
        (0x4286, 1),
        (0x42F7, 1),
        (0x42F2, 4),
        (0x42F3, 8),
    )  # version, read version, longest id, longest size
    head = b"".join(_element(field, _number(value)) for field, value in fields)
    head += _element(0x4282, b"webm") + _element(0x4287, _number(4)) + _element(0x4285, _number(2))
    return _element(_EBML, head) + _SEGMENT


def _info() -> bytes:
    nanoseconds_a_tick = _element(0x2AD7B1, _number(1_000_000))
    return nanoseconds_a_tick + _element(0x4D80, b"Parloir") + _element(0x5741, b"Parloir")


def _track_entry(number: int, kind: int, codec: bytes, more: bytes) -> bytes:
    fields = _element(0xD7, _number(number)) + _element(0x73C5, _number(number)) + _element(0x9C, _number(0))
    fields += _element(0x22B59C, b"und") + _element(0x83, _number(kind)) + _element(0x86, codec)
    return _element(0xAE, fields + more)


def _video_entry(width: int, height: int) -> bytes:
    shown = (width, height) if width else _ASSUMED_SIZE
    pixels = _element(0xB0, _number(shown[0])) + _element(0xBA, _number(shown[1]))
    return _track_entry(VIDEO_TRACK, 1, b"V_VP8", _element(0xE0, pixels))


def _audio_entry() -> bytes:
    opus_head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, OPUS_PRE_SKIP, 48_000, 0, 0)
    sound = _element(0xB5, struct.pack(">d", 48_000.0)) + _element(0x9F, _number(2))
    more = _element(0x56AA, _number(OPUS_DELAY_NS)) + _element(0x56BB, _number(SEEK_PRE_ROLL_NS))
    more += _element(0x63A2, opus_head) + _element(0xE1, sound)
    return _track_entry(AUDIO_TRACK, 2, b"A_OPUS", more)


def _cue(time_ms: int, track: int, position: int) -> bytes:
    place = _element(0xF7, _number(track)) + _element(0xF1, _number(position))
    return _element(0xBB, _element(0xB3, _number(time_ms)) + _element(0xB7, place))


def _element(identifier: int, data: bytes) -> bytes:
    return _number(identifier) + _size(len(data)) + data


def _number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def _size(value: int) -> bytes:
    """Write a length as EBML does: the leading 1 bit says how many bytes it takes, all ones means unknown."""
    width = -(-(value + 1).bit_length() // 7)
    return (value | 1 << 7 * width).to_bytes(width, "big")
