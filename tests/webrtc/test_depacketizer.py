"""Frames reach the sink whole and in order, whatever the network does to their packets."""

import random

import pytest

from tests.support.media_packets import KEYFRAME_HEAD, delta_payload, key_payload
from tests.support.media_sink import MemorySink
from webrtc.depacketizer import WINDOW_SECONDS, AudioDepacketizer, VideoDepacketizer
from webrtc.media_clock import MediaClock

MARK = 0x80


class Video:
    def __init__(self) -> None:
        self.sink = MemorySink("p", ("audio", "video"))
        self.asked = 0
        self.depacketizer = VideoDepacketizer(self.sink, MediaClock(90_000, 0.0), self._ask)

    def _ask(self) -> None:
        self.asked += 1

    def push(
        self, sequence: int, payload: bytes, *, mark: int = MARK, frame: int = 0, now: float = 1.0
    ) -> None:
        self.depacketizer.push(mark, sequence & 0xFFFF, frame * 3000, payload, now)

    @property
    def frames(self) -> list[bytes]:
        return [frame[1] for frame in self.sink.frames]


def test_a_keyframe_arrives_whole_with_its_size() -> None:
    video = Video()
    video.push(1, key_payload(b"a"), mark=0)
    video.push(2, b"\x00b", mark=0)
    video.push(3, b"\x00c")
    assert video.sink.frames == [(1000, KEYFRAME_HEAD + b"abc", True, 640, 360)]


def test_nothing_is_given_before_a_keyframe_and_one_is_asked_for() -> None:
    video = Video()
    video.push(1, delta_payload())
    assert video.frames == []
    assert video.asked == 1
    video.push(2, key_payload(), frame=1)
    video.push(3, delta_payload(b"x"), frame=2)
    assert video.frames == [KEYFRAME_HEAD + b"key", b"\x01x"]
    assert video.sink.frames[1][2:] == (False, 0, 0)


def test_packets_that_come_late_find_their_place() -> None:
    video = Video()
    video.push(1, key_payload(b"a"), mark=0)
    video.push(3, b"\x00c", now=1.1)
    video.push(4, delta_payload(b"x"), frame=1, now=1.1)
    assert video.frames == []
    video.push(2, b"\x00b", mark=0, now=1.2)
    assert video.frames == [KEYFRAME_HEAD + b"abc", b"\x01x"]
    assert video.asked == 0


def test_after_a_loss_frames_wait_for_the_next_keyframe() -> None:
    video = Video()
    video.push(1, key_payload())
    video.push(3, delta_payload(), frame=2, now=1.1)
    video.push(4, delta_payload(), frame=3, now=1.1 + WINDOW_SECONDS + 0.01)
    assert len(video.frames) == 1
    assert video.asked >= 1
    video.push(5, key_payload(b"2"), frame=4, now=2.0)
    assert video.frames[1:] == [KEYFRAME_HEAD + b"2"]


def test_what_comes_after_the_window_is_too_late() -> None:
    video = Video()
    video.push(1, key_payload())
    video.push(3, key_payload(b"3"), frame=2, now=1.1)
    video.push(4, key_payload(b"4"), frame=3, now=2.0)
    video.push(2, key_payload(b"2"), frame=1, now=2.1)
    assert [frame[-1:] for frame in video.frames] == [b"y", b"3", b"4"]


def test_a_frame_whose_end_is_missing_is_not_given() -> None:
    video = Video()
    video.push(1, key_payload(), mark=0)
    video.push(2, key_payload(b"2"), frame=1)
    assert video.frames == [KEYFRAME_HEAD + b"2"]


@pytest.mark.parametrize("payload", [b"\x90", b"\x10"], ids=["cut descriptor", "no data"])
def test_a_broken_payload_breaks_the_frame(payload: bytes) -> None:
    video = Video()
    video.push(1, key_payload())
    video.push(2, payload, frame=1)
    video.push(3, delta_payload(), frame=2)
    assert len(video.frames) == 1
    assert video.asked == 2


def test_probes_without_payload_leave_no_hole() -> None:
    video = Video()
    video.push(1, key_payload())
    video.push(2, b"", frame=1)
    video.push(3, delta_payload(), frame=2)
    assert len(video.frames) == 2


def test_a_number_far_ahead_does_not_end_the_track() -> None:
    video = Video()
    video.push(1, key_payload())
    video.push(20_000, delta_payload(), frame=1, now=2.0)
    for sequence in range(2, 9):
        video.push(sequence, key_payload(bytes([sequence])), frame=sequence, now=2.0 + sequence)
    assert len(video.frames) >= 4


def test_the_end_of_the_part_gives_what_is_held() -> None:
    video = Video()
    video.push(1, key_payload())
    video.push(3, key_payload(b"3"), frame=2)
    video.depacketizer.flush()
    assert len(video.frames) == 2


def test_another_stream_begins_with_a_keyframe() -> None:
    video = Video()
    video.push(1, key_payload())
    video.depacketizer.restart()
    video.push(40_000, delta_payload(), frame=9)
    video.push(40_001, key_payload(), frame=10)
    assert len(video.frames) == 2


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_packets_give_the_same_frames_over_the_wrap(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  a repeatable shuffle
    packets: list[tuple[int, int, int, bytes]] = []
    for frame in range(200):
        parts = rng.randint(1, 4)
        for part in range(parts):
            head = (key_payload if frame % 50 == 0 else delta_payload)(bytes([frame]))
            payload = head if part == 0 else b"\x00" + bytes([frame, part])
            packets.append((65_400 + len(packets), frame, MARK if part == parts - 1 else 0, payload))
    video = Video()
    for at in range(0, len(packets), 8):
        burst = packets[at : at + 8]
        if at:
            rng.shuffle(burst)
        for sequence, frame, mark, payload in burst:
            video.push(sequence, payload, mark=mark, frame=frame, now=1.0 + at / 500)
    assert len(video.frames) == 200
    assert [pts for pts, *_ in video.sink.frames] == sorted(pts for pts, *_ in video.sink.frames)


def test_audio_packets_are_ordered_and_early_ones_left_out() -> None:
    sink = MemorySink("p", ("audio",))
    audio = AudioDepacketizer(sink, MediaClock(48_000, origin=1.0))
    for sequence, at in ((1, 0.98), (2, 1.0), (4, 1.04), (3, 1.05)):
        audio.push(0, sequence, sequence * 960, bytes([sequence]), at)
    assert sink.packets == [(0, b"\x02"), (20, b"\x03"), (40, b"\x04")]


def test_lost_audio_is_skipped_after_the_window_and_at_the_end() -> None:
    sink = MemorySink("p", ("audio",))
    audio = AudioDepacketizer(sink, MediaClock(48_000, origin=0.0))
    for sequence, at in ((1, 1.0), (3, 1.04), (4, 1.06), (5, 1.5), (7, 1.52)):
        audio.push(0, sequence, sequence * 960, bytes([sequence]), at)
    assert [packet for _, packet in sink.packets] == [b"\x01", b"\x03", b"\x04", b"\x05"]
    audio.flush()
    assert [pts for pts, _ in sink.packets] == [1000, 1040, 1060, 1080, 1120]
    audio.restart()
    audio.push(0, 900, 5, b"", 3.0)
    audio.push(0, 901, 5, b"n", 3.0)
    assert sink.packets[-1] == (3000, b"n")
