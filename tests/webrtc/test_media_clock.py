"""RTP timestamps become milliseconds of the part: in step with reports, over the wrap, never backwards."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from webrtc.media_clock import MediaClock


def test_a_track_begins_where_its_first_packet_arrives() -> None:
    clock = MediaClock(48_000, origin=100.0)
    assert clock.pts_ms(1_000_000, 100.5) == 500
    assert clock.pts_ms(1_000_960, 100.9) == 520


def test_what_lies_before_the_origin_is_negative() -> None:
    assert MediaClock(48_000, origin=100.0).pts_ms(0, 99.98) == -20


def test_a_report_before_the_first_packet_decides_at_once() -> None:
    clock = MediaClock(90_000, origin=100.0)
    clock.reported(100.2, 90_000)
    assert clock.pts_ms(99_000, 100.9) == 300


def test_a_later_report_moves_the_track_in_small_steps() -> None:
    clock = MediaClock(48_000, origin=0.0)
    assert clock.pts_ms(0, 1.0) == 1000
    clock.reported(0.95, 0)
    steps = [clock.pts_ms(960 * n, 1.0) for n in range(1, 60)]
    assert steps[0] == 1019
    assert steps[-1] == 950 + 20 * 59
    assert all(18 <= after - before <= 20 for before, after in itertools.pairwise(steps))


def test_a_report_that_is_far_away_is_followed_at_once() -> None:
    clock = MediaClock(48_000, origin=0.0)
    clock.pts_ms(0, 1.0)
    clock.reported(11.0, 0)
    assert clock.pts_ms(960, 1.0) == 11_020


def test_the_wrap_of_timestamps_is_not_seen() -> None:
    clock = MediaClock(90_000, origin=0.0)
    assert clock.pts_ms(0xFFFFFFFF - 8_999, 1.0) == 1000
    assert clock.pts_ms(0, 5.0) == 1100


def test_another_stream_begins_anew() -> None:
    clock = MediaClock(90_000, origin=0.0)
    clock.pts_ms(7, 1.0)
    clock.restart()
    assert clock.pts_ms(3_000_000_000, 2.0) == 2000


@given(st.lists(st.tuples(st.integers(0, 0xFFFFFFFF), st.floats(0, 100), st.booleans()), max_size=30))
def test_moments_grow_whatever_arrives(packets: list[tuple[int, float, bool]]) -> None:
    clock, last = MediaClock(90_000, origin=0.0), -1
    for timestamp, at, reported in packets:
        if reported:
            clock.reported(at, timestamp)
        pts = clock.pts_ms(timestamp, at)
        assert pts < 0 or pts > last
        last = max(last, pts)
