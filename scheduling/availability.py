"""Weekly hours in the owner's own zone: an RRULE over local days and two readings of a wall clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from scheduling.slot import Interval, merged

_FREQUENCIES = ("FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY")
_BY_CLOCK = ("BYHOUR", "BYMINUTE", "BYSECOND", "DTSTART")
_DAY = timedelta(days=1)


class UnreadableRule(ValueError):
    """The text is no RRULE over days (RFC 5545, section 3.3.10)."""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Open on each local day of the rule; an end that is not after the start is the next day's."""

    rule: str
    from_on: date
    starts_local: time
    ends_local: time
    zone: str

    def __post_init__(self) -> None:
        checked_rule(self.rule)
        ZoneInfo(self.zone)

    def within(self, window: Interval) -> list[Interval]:
        """Return the open hours inside a window, in UTC and clipped to the window."""
        zone = ZoneInfo(self.zone)
        first = window.starts_at.astimezone(zone).date() - _DAY  # yesterday's hours may reach past midnight
        last = window.ends_at.astimezone(zone).date()
        days = rrulestr(self.rule, dtstart=datetime.combine(self.from_on, time()))
        out = []
        for day in days.between(datetime.combine(first, time()), datetime.combine(last, time()), inc=True):
            hours = self._on(day.date(), zone)
            clipped = Interval(max(hours.starts_at, window.starts_at), min(hours.ends_at, window.ends_at))
            if clipped.starts_at < clipped.ends_at:
                out.append(clipped)
        return out

    def _on(self, day: date, zone: ZoneInfo) -> Interval:
        until = day if self.ends_local > self.starts_local else day + _DAY
        starts_at = datetime.combine(day, self.starts_local, tzinfo=zone)
        ends_at = datetime.combine(until, self.ends_local, tzinfo=zone)
        return Interval(starts_at.astimezone(UTC), ends_at.astimezone(UTC))


def checked_rule(rule: str) -> str:
    """Return the rule if it repeats by days and not by hours or faster, which could be expanded for ever."""
    upper = rule.upper()
    if not upper.startswith(_FREQUENCIES) or any(word in upper for word in _BY_CLOCK) or "\n" in rule:
        raise UnreadableRule(rule)
    try:
        rrulestr(rule, dtstart=datetime(2000, 1, 1))  # noqa: DTZ001 - rules run over local days, without zone
    except (ValueError, KeyError) as error:
        raise UnreadableRule(rule) from error
    return rule


def hours_within(hours: Iterable[WeeklyHours], window: Interval) -> list[Interval]:
    """Return, merged, when at least one of the weekly hours is open."""
    return merged(interval for each in hours for interval in each.within(window))


def local_day(day: date, zone: str) -> Interval:
    """Return the UTC moments of one local day: 23, 24 or 25 hours."""
    here = ZoneInfo(zone)
    starts_at = datetime.combine(day, time(), tzinfo=here)
    return Interval(
        starts_at.astimezone(UTC), datetime.combine(day + _DAY, time(), tzinfo=here).astimezone(UTC)
    )


def day_in(at: datetime, zone: str) -> date:
    """Return the local day on which a moment falls."""
    return at.astimezone(ZoneInfo(zone)).date()
