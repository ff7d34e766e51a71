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
    interval_of,
    merged,
    nearest,
    quanta_of,
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


def test_the_nearest_slots_come_in_order_of_time() -> None:
    slots = [Slot("a", at(60 * hour), at(60 * hour + 60)) for hour in range(8)]
    assert [slot.starts_at for slot in nearest(slots, at(130), 3)] == [at(60), at(120), at(180)]
    twice = [Slot("b", slot.starts_at, slot.ends_at) for slot in slots]
    assert nearest([*twice, *slots], at(130), 3) == nearest(slots, at(130), 3)
    assert nearest([], at(0), 3) == ()
