import re
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.webm import CLUSTER_MS, OPUS_DELAY_MS, WebmMuxer
from tests.support.vault_media import AUDIO_STEP_MS, VIDEO_STEP_MS, decoded, opus_packets, vp8_frames

BOTH = ("audio", "video")
CLUSTER = b"\x1f\x43\xb6\x75"
CUES = b"\x1c\x53\xbb\x6b"


def muxed_clusters(seconds: int = 3, kinds: tuple[str, ...] = BOTH) -> list[bytes]:
    """Mux real media; each item is what one `write` got."""
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, kinds)
    packets = opus_packets(seconds * 50)
    frames = vp8_frames(seconds * 25)
    for number, packet in enumerate(packets):
        if "video" in kinds and number % 2 == 0:
            frame = frames[number // 2]
            muxer.video(
                frame.pts_ms, frame.data, keyframe=frame.keyframe, width=frame.width, height=frame.height
            )
        if "audio" in kinds:
            muxer.audio(number * AUDIO_STEP_MS, packet)
    muxer.finish()
    return written


def blocks_of(cluster: bytes) -> list[tuple[int, int, bool]]:
    """Read (time, track, keyframe) of the blocks of one cluster, with a reader of its own."""
    _, at = read_size(cluster, 4)
    begins, found = 0, []
    while at < len(cluster):
        identifier = cluster[at]
        size, at = read_size(cluster, at + 1)
        data = cluster[at : at + size]
        if identifier == 0xE7:
            begins = int.from_bytes(data, "big")
        else:
            assert identifier == 0xA3
            found.append((begins + struct.unpack(">h", data[1:3])[0], data[0] & 0x7F, data[3] == 0x80))
        at += size
    return found


def read_size(data: bytes, at: int) -> tuple[int, int]:
    width = 9 - data[at].bit_length()
    return int.from_bytes(data[at : at + width], "big") & (1 << 7 * width) - 1, at + width


def test_a_finished_file_decodes_with_the_times_that_were_given() -> None:
    got = decoded(b"".join(muxed_clusters(3)))
    assert got.video_ms == [number * VIDEO_STEP_MS for number in range(75)]
    assert got.sizes == [(160, 120)] * 75
    assert got.audio_ms[0] == OPUS_DELAY_MS  # the decoder threw the beginning of the first packet away
    assert got.audio_ms[1:] == [number * AUDIO_STEP_MS for number in range(1, 150)]


@pytest.mark.parametrize("kinds", [("audio",), ("video",)])
def test_a_file_of_one_kind_declares_one_track(kinds: tuple[str, ...]) -> None:
    got = decoded(b"".join(muxed_clusters(1, kinds)))
    assert bool(got.audio_ms) == ("audio" in kinds)
    assert bool(got.video_ms) == ("video" in kinds)


def test_a_file_cut_anywhere_decodes_up_to_its_last_whole_cluster() -> None:
    written = muxed_clusters(3)
    clusters = [piece for piece in written if piece.startswith(CLUSTER)]
    whole = b"".join(written[: written.index(clusters[3])])
    expected = decoded(whole)
    cut = decoded(whole + clusters[3][: len(clusters[3]) // 2])
    assert cut.video_ms[: len(expected.video_ms)] == expected.video_ms
    assert cut.audio_ms[: len(expected.audio_ms)] == expected.audio_ms
    assert expected.video_ms[-1] >= 1000


def test_every_cluster_comes_in_one_write_and_lasts_at_most_half_a_second() -> None:
    clusters = [piece for piece in muxed_clusters(3) if piece.startswith(CLUSTER)]
    assert len(clusters) >= 6
    for cluster in clusters:
        size, at = read_size(cluster, 4)
        assert at + size == len(cluster)
        times = [ms for ms, _, _ in blocks_of(cluster)]
        assert times == sorted(times)
        assert times[-1] - times[0] <= CLUSTER_MS


def test_a_keyframe_begins_a_cluster_and_takes_the_sound_that_is_ahead_of_it_along() -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, BOTH)
    muxer.video(0, b"k", keyframe=True, width=2, height=2)
    muxer.audio(90, b"a")
    muxer.audio(110, b"b")
    muxer.video(100, b"k", keyframe=True, width=2, height=2)
    muxer.finish()
    clusters = [blocks_of(piece) for piece in written if piece.startswith(CLUSTER)]
    assert clusters == [[(0, 1, True), (97, 2, True)], [(100, 1, True), (117, 2, True)]]


def test_blocks_of_a_cluster_stand_in_the_order_of_time_however_they_came() -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, BOTH)
    muxer.video(0, b"k", keyframe=True, width=2, height=2)
    muxer.video(200, b"d", keyframe=False, width=0, height=0)
    muxer.audio(20, b"a")
    muxer.flush()
    assert blocks_of(written[-1]) == [(0, 1, True), (27, 2, True), (200, 1, False)]


def test_time_only_grows_within_a_track() -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, ("audio",))
    for ms in (-40, 60, 20, 80):
        muxer.audio(ms, b"a")
    muxer.flush()
    assert [ms for ms, _, _ in blocks_of(written[-1])] == [7, 67, 68, 87]


def test_tracks_that_lie_far_apart_still_make_blocks_that_fit() -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, BOTH)
    muxer.video(60_000, b"k", keyframe=True, width=2, height=2)
    for number in range(10):
        muxer.audio(number * 20, b"a")
        muxer.video(60_040 + number * 40, b"d", keyframe=False, width=0, height=0)
    muxer.finish()
    blocks = [block for piece in written if piece.startswith(CLUSTER) for block in blocks_of(piece)]
    assert sorted(ms for ms, track, _ in blocks if track == 2) == [number * 20 + 7 for number in range(10)]


def test_video_before_its_first_keyframe_is_left_out() -> None:
    muxer = WebmMuxer(lambda _: None, BOTH)
    muxer.video(0, b"d", keyframe=False, width=0, height=0)
    assert muxer.video_frames == 0
    muxer.video(40, b"k", keyframe=True, width=320, height=180)
    muxer.video(80, b"d", keyframe=False, width=0, height=0)
    assert (muxer.video_frames, muxer.width, muxer.height) == (2, 320, 180)


def test_empty_frames_are_left_out() -> None:
    muxer = WebmMuxer(lambda _: None, BOTH)
    muxer.audio(0, b"")
    muxer.video(0, b"", keyframe=True, width=2, height=2)
    assert (muxer.audio_frames, muxer.video_frames) == (0, 0)


def test_a_frame_of_a_kind_that_was_not_announced_is_refused() -> None:
    with pytest.raises(ValueError, match="without video"):
        WebmMuxer(lambda _: None, ("audio",)).video(0, b"k", keyframe=True, width=2, height=2)


def test_the_picture_may_change_its_size() -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, ("video",))
    for number, frame in enumerate(vp8_frames(25) + vp8_frames(25, 320, 240)):
        muxer.video(
            number * VIDEO_STEP_MS,
            frame.data,
            keyframe=frame.keyframe,
            width=frame.width,
            height=frame.height,
        )
    muxer.finish()
    got = decoded(b"".join(written))
    assert got.sizes == [(160, 120)] * 25 + [(320, 240)] * 25
    assert (muxer.width, muxer.height) == (320, 240)


def test_a_keyframe_that_does_not_tell_its_size_keeps_the_one_before() -> None:
    muxer = WebmMuxer(lambda _: None, ("video",))
    muxer.video(0, b"k", keyframe=True, width=320, height=180)
    muxer.video(40, b"k", keyframe=True, width=0, height=0)
    assert (muxer.width, muxer.height) == (320, 180)


def test_the_duration_ends_with_the_last_frame() -> None:
    muxer = WebmMuxer(lambda _: None, BOTH)
    assert muxer.duration_ms == 0
    for number in range(10):
        muxer.audio(number * 20, b"a")
    assert muxer.duration_ms == 200
    muxer.video(190, b"k", keyframe=True, width=2, height=2)
    muxer.video(230, b"d", keyframe=False, width=0, height=0)
    assert muxer.duration_ms == 270


def test_a_finished_file_ends_with_cues_that_point_at_the_clusters_of_keyframes() -> None:
    data = b"".join(muxed_clusters(3))
    segment = data.index(b"\x18\x53\x80\x67") + 12
    cues = data[data.rindex(CUES) :]
    points = re.findall(
        rb"\xb3(?:\x81(.)|\x82(..))\xb7.\xf7\x81\x01\xf1(?:\x81(.)|\x82(..)|\x83(...))", cues, re.DOTALL
    )
    times = [int.from_bytes(b"".join(point[:2]), "big") for point in points]
    positions = [int.from_bytes(b"".join(point[2:]), "big") for point in points]
    assert times == [0, 1000, 2000]
    for time_ms, position in zip(times, positions, strict=True):
        cluster = data[segment + position :]
        assert cluster.startswith(CLUSTER)
        size, at = read_size(cluster, 4)
        assert (time_ms, 1, True) in blocks_of(cluster[: at + size])


def test_sound_alone_has_a_cue_every_five_seconds() -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, ("audio",))
    for number in range(600):
        muxer.audio(number * 20, b"a")
    muxer.finish()
    assert written[-1].startswith(CUES)
    assert written[-1].count(b"\xbb") >= 3


def test_a_file_that_never_had_a_frame_is_still_a_webm_file() -> None:
    written: list[bytes] = []
    WebmMuxer(written.append, BOTH).finish()
    data = b"".join(written)
    assert data.startswith(b"\x1a\x45\xdf\xa3")
    assert data.count(b"V_VP8") == data.count(b"A_OPUS") == 1
    assert CLUSTER not in data


def test_flushing_nothing_writes_nothing() -> None:
    written: list[bytes] = []
    WebmMuxer(written.append, BOTH).flush()
    assert written == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["audio", "key", "delta"]),
            st.integers(-1000, 200_000),
            st.binary(min_size=1, max_size=40),
        ),
        max_size=60,
    )
)
def test_whatever_comes_every_block_is_written_once_and_in_the_order_of_its_track(
    frames: list[tuple[str, int, bytes]],
) -> None:
    written: list[bytes] = []
    muxer = WebmMuxer(written.append, BOTH)
    for kind, pts_ms, frame in frames:
        if kind == "audio":
            muxer.audio(pts_ms, frame)
        else:
            muxer.video(pts_ms, frame, keyframe=kind == "key", width=16, height=16)
    muxer.finish()
    blocks = [block for piece in written if piece.startswith(CLUSTER) for block in blocks_of(piece)]
    for track, count in ((1, muxer.video_frames), (2, muxer.audio_frames)):
        times = [ms for ms, number, _ in blocks if number == track]
        assert len(times) == count
        assert times == sorted(set(times))
