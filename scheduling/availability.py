"""Weekly hours in the owner's own zone: an RRULE over local days and two readings of a wall clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from scheduling.errors import FieldRefused
from scheduling.rule import read_rule
from scheduling.slot import Interval, merged

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """Open on each local day of the rule; an end that is not after the start is the next day's."""

    rule: str
    from_on: date
    starts_local: time
    ends_local: time
    zone: str

    def __post_init__(self) -> None:
        read_rule(self.rule, self.from_on)
        ZoneInfo(self.zone)

    def within(self, window: Interval) -> list[Interval]:
        """Return the open hours inside a window, in UTC and clipped to the window."""
        zone = ZoneInfo(self.zone)
        first = window.starts_at.astimezone(zone).date() - _DAY  # yesterday's hours may reach past midnight
        last = window.ends_at.astimezone(zone).date()
        return [
            Interval(max(starts_at, window.starts_at), min(ends_at, window.ends_at))
            for starts_at, ends_at in _on_days(self, first, last)
            if starts_at < window.ends_at and window.starts_at < ends_at
        ]

    def on(self, day: date, zone: ZoneInfo) -> Interval:
        """Return the hours that begin on a local day."""
        until = day if self.ends_local > self.starts_local else day + _DAY
        starts_at = datetime.combine(day, self.starts_local, tzinfo=zone)
        ends_at = datetime.combine(until, self.ends_local, tzinfo=zone)
        return Interval(starts_at.astimezone(UTC), ends_at.astimezone(UTC))


@lru_cache(maxsize=256)
def _on_days(hours: WeeklyHours, first: date, last: date) -> list[Interval]:
    """Give hours unclipped; whoever looks for slots on a day asks for the same days again and again."""
    zone = ZoneInfo(hours.zone)
    return [hours.on(day, zone) for day in read_rule(hours.rule, hours.from_on).days(first, last)]


def check_zone(zone: str) -> None:
    """Refuse a zone that no clock keeps."""
    if zone not in available_timezones():
        raise FieldRefused("zone", "unknown")


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
