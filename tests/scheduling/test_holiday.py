"""Public holidays: whose they are, on which moments they fall in a zone, and what they are called."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability import day_in
from scheduling.holiday import Holiday, closed_on, holiday_name, holidays_within
from scheduling.slot import Interval
from tests.support.offer_model import ZONES

NATIONAL_DAY = Holiday("BE", date(2026, 7, 21))
INDEPENDENCE = Holiday("GN", date(2026, 10, 2))
windows = st.builds(
    lambda hours, length: Interval(
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours),
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours + length),
    ),
    st.integers(0, 9000),
    st.integers(1, 800),
)


def test_each_country_keeps_its_own_days() -> None:
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC))
    kept = holidays_within({"BE", "GN"}, year, "Europe/Brussels")
    assert {NATIONAL_DAY, INDEPENDENCE} <= set(kept)
    assert Holiday("BE", INDEPENDENCE.on) not in kept
    assert kept == sorted(kept, key=lambda each: (each.on, each.country))
    assert holidays_within({"XX"}, year, "Europe/Brussels") == []


@given(windows, st.sampled_from(ZONES))
def test_a_holiday_is_found_when_a_moment_of_it_lies_in_the_window(window: Interval, zone: str) -> None:
    found = {each.on for each in holidays_within({"BE"}, window, zone)}
    whole = Interval(window.starts_at - timedelta(days=3), window.ends_at + timedelta(days=3))
    for each in holidays_within({"BE"}, whole, zone):
        if closed_on(each, zone).overlaps(window):
            assert each.on in found


@given(windows, st.sampled_from(ZONES))
def test_a_holiday_closes_exactly_the_moments_of_its_local_day(window: Interval, zone: str) -> None:
    for each in holidays_within({"BE", "GN", "IN"}, window, zone):
        shut = closed_on(each, zone)
        first, last = shut.starts_at, shut.ends_at - timedelta(microseconds=1)
        assert day_in(first, zone) == day_in(last, zone) == each.on
        assert day_in(first - timedelta(microseconds=1), zone) < each.on < day_in(shut.ends_at, zone)


@pytest.mark.parametrize(
    ("holiday", "language", "name"),
    [
        (NATIONAL_DAY, "fr", "Fête nationale"),
        (NATIONAL_DAY, "en", "National Day"),
        (Holiday("GN", INDEPENDENCE.on), "en", "Independence Day"),
        (Holiday("BE", date(2026, 7, 22)), "fr", ""),
        (Holiday("XX", date(2026, 7, 21)), "fr", ""),
    ],
)
def test_a_holiday_has_a_name_in_the_readers_language_or_in_english(
    holiday: Holiday, language: str, name: str
) -> None:
    assert holiday_name(holiday, language) == name
