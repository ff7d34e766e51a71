"""Busy times read from an iCalendar file (RFC 5545): intervals only, never what they are about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from scheduling.rule import UnreadableRule, read_rule
from scheduling.slot import Interval, merged

MOST_BYTES = 1024 * 1024
MOST_EVENTS = 5_000
MOST_OCCURRENCES = 20_000
AHEAD = timedelta(days=365)
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=366)


class BusyFileError(ValueError):
    """Base: the file as a whole is not read, and what was imported before stays."""


class FileTooLarge(BusyFileError):
    """The file is larger than a year of a calendar needs."""


class NoCalendar(BusyFileError):
    """The content is no iCalendar file, or its lines are broken."""


class TooManyEvents(BusyFileError):
    """The file holds more events than a calendar of one person does."""


class TooManyOccurrences(BusyFileError):
    """The events of the file repeat more often than a year holds."""


@dataclass(frozen=True, slots=True)
class BusyTimes:
    """When the owner is busy in the coming year, merged; and how many events could not be read."""

    intervals: tuple[Interval, ...]
    events: int
    unread: int


class _Unread(ValueError):
    """One event cannot be placed in time."""


def read_busy_times(content: bytes, zone: str, now: datetime) -> BusyTimes:
    """Read a file; all-day and floating times are those of `zone`. CPU-bound: keep it off the event loop."""
    if len(content) > MOST_BYTES:
        raise FileTooLarge
    if content.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise TooManyEvents
    here, window = ZoneInfo(zone), Interval(now, now + AHEAD)
    busy: list[Interval] = []
    events = unread = 0
    for event in _events(content):
        events += 1
        try:
            busy += islice(_occurrences(event, here, window), MOST_OCCURRENCES + 1 - len(busy))
        except (_Unread, UnreadableRule, ValueError, OverflowError, TypeError, AttributeError, KeyError):
            unread += 1
        if len(busy) > MOST_OCCURRENCES:
            raise TooManyOccurrences
    return BusyTimes(tuple(merged(busy)), events, unread)


def _events(content: bytes) -> Iterable[Any]:
    text = content.decode("utf-8", errors="replace")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise NoCalendar
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        return [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise NoCalendar from problem


def _occurrences(event: Any, here: tzinfo, window: Interval) -> Iterator[Interval]:
    if _word(event, "STATUS") == "CANCELLED" or _word(event, "TRANSP") == "TRANSPARENT":
        return
    starts, length = _span(event, here)
    skipped = {_moment(each.dt, here) for each in _dates(event, "EXDATE")}
    for local in [*_recurring(event, starts, here, window), *(each.dt for each in _dates(event, "RDATE"))]:
        starts_at = _moment(local, here)
        if starts_at in skipped:
            continue
        begins, ends = max(starts_at, window.starts_at), min(_end(local, length, here), window.ends_at)
        if begins < ends:
            yield Interval(begins, ends)


def _word(event: Any, name: str) -> str:
    return str(event.get(name, "")).strip().upper()


def _dates(event: Any, name: str) -> list[Any]:
    found = event.get(name, [])
    return [each for one in (found if isinstance(found, list) else [found]) for each in one.dts]


def _span(event: Any, here: tzinfo) -> tuple[date, timedelta]:
    starts = event["DTSTART"].dt
    if not isinstance(starts, date):
        raise _Unread
    if "DTEND" in event:
        length = _moment(event["DTEND"].dt, here) - _moment(starts, here)
        if not isinstance(starts, datetime):
            length = event["DTEND"].dt - starts
    elif "DURATION" in event:
        length = event["DURATION"].dt
    else:
        length = timedelta() if isinstance(starts, datetime) else _DAY
    if not timedelta() <= length <= _LONGEST:
        raise _Unread
    return starts, length


def _recurring(event: Any, starts: date, here: tzinfo, window: Interval) -> Iterable[date]:
    if "RRULE" not in event:
        return [starts]
    is_timed = isinstance(starts, datetime)
    first_on = starts.date() if isinstance(starts, datetime) else starts
    text = _rule_text(event["RRULE"], here)
    near = (window.starts_at - _LONGEST).date(), (window.ends_at + _DAY).date()
    days = read_rule(text, first_on).days(*near)
    if not is_timed:
        return days
    clock: time = starts.timetz() if isinstance(starts, datetime) else time()
    return [datetime.combine(day, clock) for day in days]


def _rule_text(rules: Any, here: tzinfo) -> str:
    """Write the rule over days alone: an end with a time counts for its local day."""
    if isinstance(rules, list):
        raise _Unread
    parts = {name.upper(): value if isinstance(value, list) else [value] for name, value in rules.items()}
    if "UNTIL" in parts:
        until = parts["UNTIL"][0]
        local = until.astimezone(here) if isinstance(until, datetime) and until.tzinfo else until
        parts["UNTIL"] = [f"{local:%Y%m%d}"]
    frequency = parts.pop("FREQ")
    words = [("FREQ", frequency), *parts.items()]
    return ";".join(f"{name}={','.join(str(each) for each in value)}" for name, value in words)


def _moment(at: Any, here: tzinfo) -> datetime:
    """Give an aware moment; a day begins at its midnight here, and a floating time is read here."""
    moment: datetime = at if isinstance(at, datetime) else datetime.combine(at, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC)


def _end(local: date, length: timedelta, here: tzinfo) -> datetime:
    """Give the end: whole days last until a midnight, hours last as long as they last."""
    if not isinstance(local, datetime):
        return _moment(local + length, here)
    return _moment(local, here) + length
