"""Moments as their reader writes them, with the zone named."""

from datetime import UTC, date, datetime

import pytest
from babel import Locale

from server.moments import Moments, offset_name, unbroken

AT = datetime(2026, 9, 24, 8, 42, tzinfo=UTC)
FRENCH = Moments(Locale("fr"), "Europe/Brussels")
ENGLISH = Moments(Locale("en"), "Africa/Conakry")


def test_a_moment_names_its_zone_in_the_readers_language() -> None:
    assert FRENCH.moment(AT) == "24 septembre 2026, 10:42 (Bruxelles, UTC+2)"
    assert ENGLISH.moment(AT) == "24 September 2026, 08:42 (Conakry, UTC)"


def test_the_other_side_is_shown_in_its_own_zone() -> None:
    assert FRENCH.time(AT, "Africa/Conakry") == "08:42"
    assert FRENCH.city("Africa/Conakry") == "Conakry"


def test_a_day_is_the_local_day() -> None:
    late = datetime(2026, 9, 24, 23, 30, tzinfo=UTC)
    assert FRENCH.date(late) == "25 septembre 2026"
    assert FRENCH.date(date(2026, 9, 24)) == "24 septembre 2026"
    assert FRENCH.weekday(date(2026, 9, 24)) == "jeudi 24 septembre 2026"
    assert FRENCH.short_date(late) == "25 sept."


def test_a_range_has_an_en_dash() -> None:
    assert FRENCH.times(AT, AT.replace(hour=9)) == "10:42\N{EN DASH}11:42"


def test_no_line_breaks_within_a_telephone_number() -> None:
    assert " " not in unbroken("+32 2 755 11 22")
    assert unbroken("+32 2 755 11 22").split() == ["+32", "2", "755", "11", "22"]


def test_an_hour_in_which_the_clocks_change_says_which() -> None:
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert FRENCH.times(before, before.replace(hour=1)) == "02:30 (UTC+2)\N{EN DASH}02:30 (UTC+1)"


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("UTC", "UTC"),
        ("Asia/Kolkata", "UTC+5:30"),
        ("America/New_York", "UTC\N{MINUS SIGN}4"),
        ("Asia/Colombo", "UTC+5:30"),
    ],
)
def test_an_offset_is_short(zone: str, name: str) -> None:
    assert offset_name(FRENCH.local(AT, zone)) == name


def test_the_first_of_a_month_is_an_ordinal_in_french_only() -> None:
    first = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert FRENCH.date(first) == "1er décembre 2026"
    assert FRENCH.weekday(first) == "mardi 1er décembre 2026"
    assert FRENCH.short_date(datetime(2026, 12, 11, tzinfo=UTC)) == "11 déc."
    assert ENGLISH.date(first) == "1 December 2026"
