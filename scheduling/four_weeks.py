"""The coming four weeks of one owner as lanes: for each local day, from which minute to which it is what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scheduling.availability import local_day
from scheduling.holiday import Holiday
from scheduling.offer import Closure
from scheduling.slot import Interval, common, merged, without

DAYS = 28
MINUTES_A_DAY = 24 * 60


class Mark(NamedTuple):
    """A stretch of one lane on the wall clock; `kind` is open, or why it is not."""

    kind: str
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One local day: its marks in order of time, and the holidays that close it."""

    on: date
    marks: tuple[Mark, ...]
    holidays: tuple[Holiday, ...] = ()


def weeks_from(today: date) -> date:
    """Return the Monday on which the picture begins."""
    return today - timedelta(days=today.weekday())


def lanes(
    zone: str, first: date, opened: Sequence[Interval], closures: Iterable[Closure], *, days: int = DAYS
) -> list[Lane]:
    """Draw merged open hours, less what closes them, on so many days from the first."""
    shut = list(closures)
    return [_lane(zone, first + timedelta(days=n), opened, shut) for n in range(days)]


def _lane(zone: str, on: date, opened: Sequence[Interval], closures: Sequence[Closure]) -> Lane:
    day = local_day(on, zone)
    near = [each for each in closures if each.interval.overlaps(day)]
    here = common(merged(opened), [day])
    free = without(here, merged(each.interval for each in near))
    pieces = [("open", each) for each in free]
    left = here
    for kind in ("holiday", "closed", "busy"):
        of_kind = merged(each.interval for each in near if each.kind == kind)
        pieces += [(kind, each) for each in common(left, of_kind)]
        left = without(left, of_kind)
    marks = sorted((Mark(kind, *_wall(each, on, zone)) for kind, each in pieces), key=lambda mark: mark[1:])
    kept = {each.holiday for each in near if each.holiday is not None}
    return Lane(on, tuple(marks), tuple(sorted(kept, key=lambda each: each.country)))


def _wall(interval: Interval, on: date, zone: str) -> tuple[int, int]:
    begins, ends = (_minute(at, on, zone) for at in interval)
    return begins, max(ends, begins + 1)  # in the hour that comes twice an end may read before its start


def _minute(at: datetime, on: date, zone: str) -> int:
    local = at.astimezone(ZoneInfo(zone))
    return MINUTES_A_DAY if local.date() > on else local.hour * 60 + local.minute
