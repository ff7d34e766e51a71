"""Weekly hours in their own zone, across the nights when clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability import WeeklyHours, day_in, hours_within, local_day
from scheduling.slot import Interval, common
from tests.support.people import WEEKDAYS

EVERY_DAY = "FREQ=DAILY"
LONG_AGO = date(2024, 1, 1)


def hours(starts: time, ends: time, zone: str = "Europe/Brussels", rule: str = WEEKDAYS) -> WeeklyHours:
    return WeeklyHours(rule, LONG_AGO, starts, ends, zone)


def window(first: date, days: int) -> Interval:
    starts_at = datetime.combine(first, time(), tzinfo=UTC)
    return Interval(starts_at, starts_at + timedelta(days=days))


@pytest.mark.parametrize(
    ("day", "opens_at_hour"),
    [
        pytest.param(date(2026, 10, 23), 7, id="the Friday before winter time"),
        pytest.param(date(2026, 10, 26), 8, id="the Monday after"),
        pytest.param(date(2027, 3, 26), 8, id="the Friday before summer time"),
        pytest.param(date(2027, 3, 29), 7, id="the Monday after that"),
    ],
)
def test_nine_in_brussels_stays_nine_when_clocks_change(day: date, opens_at_hour: int) -> None:
    (opened,) = hours(time(9), time(16)).within(window(day, 1))
    assert opened.starts_at == datetime.combine(day, time(opens_at_hour), tzinfo=UTC)
    assert opened.ends_at - opened.starts_at == timedelta(hours=7)


@pytest.mark.parametrize(
    ("day", "hours_shared"),
    [pytest.param(date(2026, 10, 23), 5, id="summer"), pytest.param(date(2026, 10, 26), 6, id="winter")],
)
def test_the_hours_shared_with_conakry_move_by_one_when_brussels_changes(
    day: date, hours_shared: int
) -> None:
    here = hours(time(9), time(16)).within(window(day, 1))
    there = hours(time(9), time(16), "Africa/Conakry").within(window(day, 1))
    (shared,) = common(here, there)
    assert shared.ends_at - shared.starts_at == timedelta(hours=hours_shared)


@pytest.mark.parametrize(
    ("day", "length_hours"),
    [(date(2026, 10, 25), 25), (date(2027, 3, 28), 23), (date(2026, 9, 21), 24)],
)
def test_a_local_day_lasts_as_long_as_it_lasts(day: date, length_hours: int) -> None:
    whole = local_day(day, "Europe/Brussels")
    assert whole.ends_at - whole.starts_at == timedelta(hours=length_hours)
    assert day_in(whole.starts_at, "Europe/Brussels") == day
    assert day_in(whole.ends_at, "Europe/Brussels") == day + timedelta(days=1)


def test_hours_in_the_night_that_is_missing_an_hour_are_shorter() -> None:
    night = hours(time(1), time(5), rule=EVERY_DAY).within(window(date(2027, 3, 28), 1))[0]
    assert night.ends_at - night.starts_at == timedelta(hours=3)


def test_hours_past_midnight_belong_to_the_day_they_began() -> None:
    late = hours(time(22), time(2), rule="FREQ=WEEKLY;BYDAY=FR")
    (friday,) = late.within(window(date(2026, 9, 25), 2))
    assert friday == Interval(
        datetime(2026, 9, 25, 20, tzinfo=UTC),
        datetime(2026, 9, 26, 0, tzinfo=UTC),
    )
    (rest,) = late.within(Interval(datetime(2026, 9, 25, 23, tzinfo=UTC), datetime(2026, 9, 27, tzinfo=UTC)))
    assert rest.starts_at == datetime(2026, 9, 25, 23, tzinfo=UTC)


def test_hours_of_one_owner_are_merged() -> None:
    both = [hours(time(9), time(12)), hours(time(12), time(16))]
    assert len(hours_within(both, window(date(2026, 9, 21), 7))) == 5


ZONES = ["Europe/Brussels", "Africa/Conakry", "Asia/Colombo", "America/New_York", "Pacific/Apia"]
zones = st.sampled_from(ZONES)
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0, minute=at.minute // 5 * 5))


@given(zones, clocks, clocks, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 20))
def test_hours_lie_in_the_window_and_start_by_the_wall_clock(
    zone: str, starts: time, ends: time, first: date, days: int
) -> None:
    asked = window(first, days)
    for opened in hours(starts, ends, zone, EVERY_DAY).within(asked):
        assert asked.covers(opened)
        assert opened.starts_at < opened.ends_at
        assert opened.ends_at - opened.starts_at <= timedelta(hours=25)


@given(zones, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 10), st.integers(1, 9))
def test_two_windows_that_meet_give_the_hours_of_one(zone: str, first: date, days: int, cut: int) -> None:
    late = hours(time(20), time(4), zone, EVERY_DAY)
    whole = window(first, days + cut)
    middle = whole.starts_at + timedelta(days=cut)
    left = late.within(Interval(whole.starts_at, middle))
    right = late.within(Interval(middle, whole.ends_at))
    assert sum((each.ends_at - each.starts_at for each in [*left, *right]), timedelta()) == sum(
        (each.ends_at - each.starts_at for each in late.within(whole)),
        timedelta(),
    )
