"""A plan of hours as its owner writes it: weekly hours, openings, closures, and holidays that are worked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from scheduling.availability import WeeklyHours
from scheduling.errors import FieldRefused
from scheduling.rule import WEEKDAYS, Rule, read_rule
from scheduling.slot import Interval

LONGEST_NIGHT = timedelta(hours=12)
MOST_WEEKLY, MOST_DATES = 20, 100
AHEAD = timedelta(days=365)
SLOT_MINUTES, LEAD_MINUTES = range(5, 8 * 60 + 1, 5), range(90 * 24 * 60 + 1)
QUOTAS, SEATS = range(1, 101), range(1, 21)
_MINUTES_A_WEEK = 7 * 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """An opening or a closure, in its owner's words."""

    interval: Interval
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a post takes interviews: their length, the notice it wants, how many a day and at a time."""

    slot_minutes: int
    lead_minutes: int
    daily_quota: int | None
    seats: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What one save writes. Past dates, imported busy times and rules that no week shows stay untouched."""

    weekly: tuple[WeeklyHours, ...] = ()
    openings: tuple[Dated, ...] = ()
    closures: tuple[Dated, ...] = ()
    worked: frozenset[date] = frozenset()
    pace: Pace | None = None


def weekly_rule(weekdays: Iterable[str]) -> str:
    """Return the rule of every such weekday, in the order of the week."""
    return "FREQ=WEEKLY;BYDAY=" + ",".join(sorted(set(weekdays), key=WEEKDAYS.index))


def weekdays_of(hours: WeeklyHours) -> tuple[str, ...] | None:
    """Return the weekdays of plain weekly hours; None where the rule says more than that."""
    rule = read_rule(hours.rule, hours.from_on)
    if rule == Rule("DAILY", hours.from_on):
        return WEEKDAYS
    if rule != Rule("WEEKLY", hours.from_on, weekdays=rule.weekdays):
        return None
    return tuple(WEEKDAYS[weekday] for weekday, _ in sorted(rule.weekdays))


def is_night_or_day(starts: time, ends: time) -> bool:
    """Tell whether hours make sense: forwards, a night of twelve hours at most, or the whole day."""
    begins, until = (
        timedelta(hours=starts.hour, minutes=starts.minute),
        timedelta(hours=ends.hour, minutes=ends.minute),
    )
    if starts == ends:
        return starts == time()
    return until > begins or until + timedelta(days=1) - begins <= LONGEST_NIGHT


def overlapping_row(rows: Sequence[WeeklyHours]) -> int | None:
    """Return the place of the first weekly hours that share a moment with earlier ones, nights included."""
    earlier: list[tuple[int, int]] = []
    for place, hours in enumerate(rows):
        own = list(_minutes(hours))
        if any(_overlap(one, other) for one, other in product(own, earlier)):
            return place
        earlier += own
    return None


def check_pace(pace: Pace) -> None:
    """Refuse figures that no calendar can hold."""
    if pace.slot_minutes not in SLOT_MINUTES:
        raise FieldRefused("slot_minutes", "out_of_range")
    if pace.lead_minutes not in LEAD_MINUTES:
        raise FieldRefused("lead_hours", "out_of_range")
    if pace.daily_quota is not None and pace.daily_quota not in QUOTAS:
        raise FieldRefused("daily_quota", "out_of_range")
    if pace.seats not in SEATS:
        raise FieldRefused("seats", "out_of_range")


def check_dates(plan: Plan, now: datetime) -> None:
    """Refuse more dates than a form holds, and those that are over or begin in more than a year."""
    if len(plan.weekly) > MOST_WEEKLY:
        raise FieldRefused("weekly", "too_many")
    for field, dated in (("open", plan.openings), ("shut", plan.closures)):
        if len(dated) > MOST_DATES:
            raise FieldRefused(field, "too_many")
        for each in dated:
            if not now < each.interval.ends_at or each.interval.starts_at > now + 2 * AHEAD:
                raise FieldRefused(field, "in_the_past")


def _minutes(hours: WeeklyHours) -> Iterable[tuple[int, int]]:
    starts = hours.starts_local.hour * 60 + hours.starts_local.minute
    ends = hours.ends_local.hour * 60 + hours.ends_local.minute
    length = ends - starts if ends > starts else ends - starts + 24 * 60
    for weekday in weekdays_of(hours) or ():
        begins = WEEKDAYS.index(weekday) * 24 * 60 + starts
        yield begins, begins + length


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    shifts = (-_MINUTES_A_WEEK, 0, _MINUTES_A_WEEK)
    return any(one[0] < other[1] + shift and other[0] + shift < one[1] for shift in shifts)
