"""Calendars of others: what is read of them, what is skipped and said, what is refused whole."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.busy_times import (
    AHEAD,
    BusyFileError,
    BusyTimes,
    FileTooLarge,
    NoCalendar,
    TooManyEvents,
    TooManyOccurrences,
    read_busy_times,
)
from scheduling.slot import Interval
from tests.support.clock import NOON

BRUSSELS = "Europe/Brussels"
USUAL = ("DTSTART:20260923T080000Z", "DTEND:20260923T090000Z")


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:x", *lines, "END:VEVENT", ""])


def calendar(*events: str) -> bytes:
    return ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + "".join(events) + "END:VCALENDAR\r\n").encode()


def read(*events: str, zone: str = BRUSSELS) -> BusyTimes:
    return read_busy_times(calendar(*events), zone, NOON)


def at(day: int, hour: int, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(USUAL, (at(23, 8), at(23, 9)), id="UTC"),
        pytest.param(
            ("DTSTART:20260923T100000", "DTEND:20260923T110000"), (at(23, 8), at(23, 9)), id="floating"
        ),
        pytest.param(
            ("DTSTART;TZID=Asia/Kolkata:20260923T133000", "DURATION:PT1H"),
            (at(23, 8), at(23, 9)),
            id="half an hour off",
        ),
        pytest.param(("DTSTART;VALUE=DATE:20260923",), (at(22, 22), at(23, 22)), id="a whole day here"),
        pytest.param(
            ("DTSTART;VALUE=DATE:20261025", "DTEND;VALUE=DATE:20261026"),
            (at(24, 22, month=10), at(25, 23, month=10)),
            id="25 hours",
        ),
        pytest.param(
            ("DTSTART:20260921T080000Z", "DTEND:20260921T120000Z"), (NOON, at(21, 12)), id="under way"
        ),
    ],
)
def test_a_time_is_read_in_its_own_zone_or_the_owners(
    lines: tuple[str, ...], expected: tuple[datetime, datetime]
) -> None:
    assert read(event(*lines)) == BusyTimes((Interval(*expected),), 1, 0)


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "TRANSP:TRANSPARENT"])
def test_what_leaves_the_owner_free_is_skipped(line: str) -> None:
    assert read(event(*USUAL, line)) == BusyTimes((), 1, 0)


def test_a_week_of_hours_keeps_its_wall_clock_when_clocks_change() -> None:
    lines = ("DTSTART;TZID=Europe/Brussels:20240902T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYDAY=MO")
    found = read(event(*lines)).intervals
    assert Interval(at(28, 8), at(28, 9)) in found
    assert Interval(at(26, 9, month=10), at(26, 10, month=10)) in found
    assert len(found) == 52


def test_exceptions_and_added_dates_of_a_series_count() -> None:
    lines = (
        "DTSTART:20260923T080000Z",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=3",
        "EXDATE:20260924T080000Z",
        "RDATE:20261001T080000Z",
    )
    assert [each.starts_at for each in read(event(*lines)).intervals] == [
        at(23, 8),
        at(25, 8),
        at(1, 8, month=10),
    ]


def test_a_series_ends_with_the_coming_year() -> None:
    found = read(event("DTSTART:20200101T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")).intervals
    assert found[-1].ends_at <= NOON + AHEAD
    assert len(found) == 365


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("DTSTART:20260923T090000Z", "DTEND:20260923T080000Z"), id="end before start"),
        pytest.param(("SUMMARY:x",), id="no start"),
        pytest.param(("DTSTART:20260923T256100Z",), id="no time"),
        pytest.param((*USUAL, "RRULE:FREQ=SECONDLY"), id="every second"),
        pytest.param((*USUAL, "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), id="a day that never comes"),
        pytest.param((*USUAL, "RRULE:FREQ=DAILY;INTERVAL=1000000000"), id="once in a million years"),
        pytest.param(
            ("DTSTART:00010101T000000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), id="since the year 1"
        ),
    ],
)
def test_an_event_that_cannot_be_read_is_counted_and_the_others_are_kept(lines: tuple[str, ...]) -> None:
    assert read(event(*lines), event(*USUAL)) == BusyTimes((Interval(at(23, 8), at(23, 9)),), 2, 1)


def test_an_unknown_zone_is_read_as_the_owners() -> None:
    (found,) = read(event("DTSTART;TZID=Mars/Olympus:20260923T100000", "DURATION:PT1H")).intervals
    assert found == Interval(at(23, 8), at(23, 9))


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe", b"PK\x03\x04", b"<html>", b"BEGIN:VEVENT"])
def test_what_is_no_calendar_is_refused(content: bytes) -> None:
    with pytest.raises(NoCalendar):
        read_busy_times(content, BRUSSELS, NOON)


def test_fifty_megabytes_are_refused_unread() -> None:
    with pytest.raises(FileTooLarge):
        read_busy_times(calendar(event(*USUAL)) + b" " * 50_000_000, BRUSSELS, NOON)


def test_a_hundred_thousand_events_are_refused_unread() -> None:
    with pytest.raises((FileTooLarge, TooManyEvents)):
        read_busy_times(calendar(*[event(*USUAL)] * 100_000), BRUSSELS, NOON)
    with pytest.raises(TooManyEvents):
        read_busy_times(b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 5001, BRUSSELS, NOON)


def test_more_occurrences_than_a_year_holds_are_refused() -> None:
    daily = event("DTSTART:20260923T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    with pytest.raises(TooManyOccurrences):
        read(*[daily] * 60)


@pytest.mark.parametrize(
    "summary", ["=HYPERLINK(0)", "<script>alert(1)</script>", "x" * 70_000, "a\r\n b\r\n c", "\u202e\u0000"]
)
def test_a_summary_is_never_kept(summary: str) -> None:
    found = read(event(*USUAL, f"SUMMARY:{summary}"))
    assert len(found.intervals) <= 1
    assert "HYPERLINK" not in repr(found)
    assert "script" not in repr(found)


@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(lambda text: calendar(event(text)))
    | st.text(max_size=200).map(lambda text: calendar(event(*USUAL, "RRULE:" + text)))
)
def test_any_content_is_read_or_refused(content: bytes) -> None:
    try:
        found = read_busy_times(content, BRUSSELS, NOON)
    except BusyFileError:
        return
    assert all(NOON <= each.starts_at < each.ends_at <= NOON + AHEAD for each in found.intervals)
