"""Why a slot that stands could not be given any more: what has changed about who it needs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from scheduling.availability import WeeklyHours, day_in, hours_within
from scheduling.offer import Closure
from scheduling.owner import OwnerKind
from scheduling.slot import Interval, common, merged, quanta_of


class Change(StrEnum):
    """What has changed, the most telling first."""

    OUT_OF_USE = "out_of_use"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    BUSY = "busy"
    HOURS = "hours"
    QUOTA = "quota"
    SEATS = "seats"


@dataclass(frozen=True, slots=True)
class Hit:
    """One who is needed and cannot be had; `reason` is what a closure says in its owner's words."""

    owner_id: str
    kind: OwnerKind
    change: Change
    reason: str = field(default="", compare=False)


class Held(NamedTuple):
    """A coming slot that a booking stands in, asks for or is offered; `rank` is that of a wish."""

    booking_id: str
    post_id: str
    centre_id: str
    room_id: str
    interpreter_id: str | None
    starts_at: datetime
    ends_at: datetime
    requested_at: datetime
    standing: str
    rank: int | None

    @property
    def interval(self) -> Interval:
        """The time it takes."""
        return Interval(self.starts_at, self.ends_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms one who is needed can be had; without hours of their own `weekly` is None."""

    owner_id: str
    kind: OwnerKind
    is_active: bool
    weekly: tuple[WeeklyHours, ...] | None = None
    openings: Sequence[Interval] = ()
    closures: Sequence[Closure] = ()

    def hits(self, wanted: Interval) -> Iterator[Hit]:
        """Give what stands in the way of a time; one out of use has no hours to look at."""
        if not self.is_active:
            yield Hit(self.owner_id, self.kind, Change.OUT_OF_USE)
            return
        for closure in self.closures:
            if closure.interval.overlaps(wanted):
                yield Hit(self.owner_id, self.kind, Change(closure.kind), closure.reason)
        if self.weekly is not None and not self._is_open(self.weekly, wanted):
            yield Hit(self.owner_id, self.kind, Change.HOURS)

    def _is_open(self, weekly: tuple[WeeklyHours, ...], wanted: Interval) -> bool:
        opened = merged([*hours_within(weekly, wanted), *self.openings])
        return common(opened, [wanted]) == [wanted]


def beyond_pace(
    slots: Iterable[Held], post_id: str, zone: str, now: datetime, *, quota: int | None, seats: int
) -> Iterator[tuple[Held, Hit]]:
    """Give the slots of one post for which no seat or no place in the day is left.

    What has begun stays, then who asked first.
    """
    at_step: defaultdict[int, set[str]] = defaultdict(set)
    on_day: defaultdict[date, set[str]] = defaultdict(set)

    def turn(each: Held) -> tuple[bool, datetime, str, datetime]:
        return each.starts_at > now, each.requested_at, each.booking_id, each.starts_at

    for slot in sorted(slots, key=turn):
        bookings = on_day[day_in(slot.starts_at, zone)]
        steps = [at_step[number] for number in quanta_of(slot.interval)]
        if quota is not None and len(bookings | {slot.booking_id}) > quota:
            yield slot, Hit(post_id, OwnerKind.POST, Change.QUOTA)
        elif any(len(there - {slot.booking_id}) >= seats for there in steps):
            yield slot, Hit(post_id, OwnerKind.POST, Change.SEATS)
        else:
            for each in (bookings, *steps):
                each.add(slot.booking_id)
