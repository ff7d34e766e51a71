"""The picture of the coming weeks: on the wall clock, across midnight, half hours and changed clocks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability import WeeklyHours, hours_within, local_day
from scheduling.four_weeks import DAYS, Lane, lanes, weeks_from
from scheduling.holiday import Holiday, closed_on
from scheduling.offer import Closure, ClosureKind
from scheduling.slot import Interval

MONDAY = date(2026, 10, 19)


def drawn(
    zone: str, starts: time, ends: time, first: date = MONDAY, closures: tuple[Closure, ...] = ()
) -> list[Lane]:
    window = Interval(
        local_day(first, zone).starts_at, local_day(first + timedelta(days=DAYS - 1), zone).ends_at
    )
    hours = WeeklyHours("FREQ=DAILY", date(2026, 1, 1), starts, ends, zone)
    return lanes(zone, first, hours_within([hours], window), closures)


def marks(lane: Lane) -> list[tuple[str, int, int]]:
    return [(mark[0], mark[1], mark[2]) for mark in lane.marks]


def test_the_picture_begins_on_monday_and_has_four_weeks() -> None:
    assert weeks_from(date(2026, 10, 25)) == MONDAY
    assert [lane.on for lane in drawn("Europe/Brussels", time(9), time(16))] == [
        MONDAY + timedelta(days=n) for n in range(28)
    ]


def test_a_night_is_drawn_on_both_its_days() -> None:
    second = drawn("Africa/Conakry", time(22), time(6))[1]
    assert marks(second) == [("open", 0, 360), ("open", 1320, 1440)]


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Pacific/Chatham"])
def test_zones_with_half_hours_draw_the_hours_as_they_are_said(zone: str) -> None:
    assert {tuple(marks(lane)[0]) for lane in drawn(zone, time(9, 30), time(16), date(2026, 7, 6))} == {
        ("open", 570, 960)
    }


@pytest.mark.parametrize("first", [date(2026, 10, 19), date(2027, 3, 22)])
def test_the_weeks_of_changed_clocks_draw_the_same_wall_clock(first: date) -> None:
    assert {tuple(marks(lane)[0]) for lane in drawn("Europe/Brussels", time(9), time(16), first)} == {
        ("open", 540, 960)
    }


def test_the_whole_day_of_twenty_five_hours_fills_its_lane() -> None:
    (mark,) = marks(drawn("Europe/Brussels", time(0), time(0))[6])
    assert mark == ("open", 0, 1440)


def test_closures_cut_what_is_open_and_say_why() -> None:
    noon = datetime(2026, 10, 20, 10, tzinfo=UTC)
    shut = Closure("x", Interval(noon, noon + timedelta(hours=1)), "réunion")
    busy = Closure("x", Interval(noon, noon + timedelta(hours=2)), kind=ClosureKind.BUSY)
    holiday = Holiday("BE", date(2026, 11, 11))
    kept = Closure("x", closed_on(holiday, "Europe/Brussels"), kind=ClosureKind.HOLIDAY, holiday=holiday)
    found = drawn("Europe/Brussels", time(9), time(16), closures=(shut, busy, kept))
    assert marks(found[1]) == [
        ("open", 540, 720),
        ("closed", 720, 780),
        ("busy", 780, 840),
        ("open", 840, 960),
    ]
    assert marks(found[23]) == [("holiday", 540, 960)]
    assert found[23].holidays == (holiday,)


@given(
    st.sampled_from(["Europe/Brussels", "Asia/Kolkata", "Pacific/Apia", "America/New_York"]),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.dates(date(2026, 1, 1), date(2027, 12, 1)),
)
def test_every_mark_lies_in_its_day(zone: str, starts: time, ends: time, first: date) -> None:
    for lane in drawn(zone, starts, ends, first):
        for _, begins, until in marks(lane):
            assert 0 <= begins < until <= 1440
