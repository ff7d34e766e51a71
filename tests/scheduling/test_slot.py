"""Intervals and free slots: a few cases to read, and properties that hold for all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.slot import (
    QUANTUM,
    Interval,
    Slot,
    common,
    crowded,
    cut,
    free_time,
    interval_of,
    is_free,
    merged,
    nearest,
    quanta_of,
    rounded_up,
    without,
)

START = datetime(2026, 9, 21, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def span(first: int, last: int) -> Interval:
    return Interval(at(first), at(last))


steps = st.integers(min_value=0, max_value=60)
spans = st.builds(lambda first, length: span(5 * first, 5 * (first + length)), steps, st.integers(0, 12))
many = st.lists(spans, max_size=8)


def moments(intervals: list[Interval]) -> set[datetime]:
    """Return the five-minute steps that lie in the intervals: the slow truth that the fast code must meet."""
    return {
        at(5 * step)
        for step in range(80)
        if any(each.starts_at <= at(5 * step) < each.ends_at for each in intervals)
    }


def is_merged(intervals: list[Interval]) -> bool:
    apart = all(left.ends_at < right.starts_at for left, right in pairwise(intervals))
    return apart and all(a < b for a, b in intervals)


@given(many)
def test_merging_keeps_every_moment_and_leaves_gaps(intervals: list[Interval]) -> None:
    assert moments(merged(intervals)) == moments(intervals)
    assert is_merged(merged(intervals))


@given(many, many)
def test_common_time_lies_in_both(left: list[Interval], right: list[Interval]) -> None:
    both = common(merged(left), merged(right))
    assert moments(both) == moments(left) & moments(right)
    assert is_merged(merged(both))


@given(many, many)
def test_what_is_left_lies_in_no_hole(base: list[Interval], holes: list[Interval]) -> None:
    left = without(merged(base), merged(holes))
    assert moments(left) == moments(base) - moments(holes)


@given(many, st.integers(min_value=1, max_value=4))
def test_a_post_is_crowded_when_every_seat_is_taken(intervals: list[Interval], seats: int) -> None:
    taken = {
        at(5 * step)
        for step in range(80)
        if sum(each.starts_at <= at(5 * step) < each.ends_at for each in intervals) >= seats
    }
    assert moments(crowded([each for each in intervals if each.starts_at < each.ends_at], seats)) == taken


@given(many, many, many, many)
def test_free_time_is_when_both_work_and_nothing_stands_against_it(
    post: list[Interval], room: list[Interval], closures: list[Interval], busy: list[Interval]
) -> None:
    free = free_time(post, room, closures, busy)
    assert moments(free) == moments(post) & moments(room) - moments(closures) - moments(busy)


@given(many, st.sampled_from([15, 30, 45, 60]))
def test_every_slot_fits_into_free_time_and_none_overlaps_the_next(
    free: list[Interval], minutes: int
) -> None:
    available = merged(free)
    slots = cut(available, timedelta(minutes=minutes))
    assert all(any(each.covers(slot) for each in available) for slot in slots)
    assert all(is_free(available, slot) for slot in slots)
    assert not any(left.overlaps(right) for left, right in pairwise(slots))


@given(many, spans)
def test_a_wanted_time_is_free_when_one_stretch_covers_it(free: list[Interval], wanted: Interval) -> None:
    available = merged(free)
    assert is_free(available, wanted) == any(each.covers(wanted) for each in available)


@given(spans)
def test_quanta_are_the_interval_again(interval: Interval) -> None:
    quanta = quanta_of(interval)
    assert len(quanta) * QUANTUM == interval.ends_at - interval.starts_at
    if quanta:
        assert interval_of(quanta[0], quanta[-1]) == interval


@pytest.mark.parametrize("interval", [span(0, 7), span(3, 10)])
def test_an_interval_off_the_five_minutes_has_no_quanta(interval: Interval) -> None:
    with pytest.raises(ValueError, match="multiple of five minutes"):
        quanta_of(interval)


def test_intervals_that_touch_do_not_overlap() -> None:
    assert not span(0, 60).overlaps(span(60, 120))
    assert span(0, 61).overlaps(span(60, 120))


def test_slots_start_at_round_moments() -> None:
    assert cut([span(10, 130)], timedelta(minutes=45)) == [span(30, 75), span(75, 120)]
    assert rounded_up(at(30), timedelta(minutes=30)) == at(30)


def test_the_nearest_slots_come_in_order_of_time() -> None:
    slots = [Slot("a", at(60 * hour), at(60 * hour + 60)) for hour in range(8)]
    assert [slot.starts_at for slot in nearest(slots, at(130), 3)] == [at(60), at(120), at(180)]
    assert nearest([], at(0), 3) == ()
