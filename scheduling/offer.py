"""What can be had of one post by one centre: the free slots, and why a wanted one cannot be given."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from scheduling.availability import day_in, local_day
from scheduling.errors import (
    AfterDetention,
    ClosedThen,
    OutsideHours,
    QuotaReached,
    SlotRefused,
    SlotTaken,
    TooSoon,
)
from scheduling.post import Post
from scheduling.slot import (
    Interval,
    Slot,
    common,
    crowded,
    cut,
    free_time,
    is_free,
    merged,
    nearest,
    quanta_of,
)

ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class Closure:
    """A time at which a post, a centre or a room is closed, with the reason in its own words."""

    owner_id: str
    interval: Interval
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A booking as far as slots are concerned."""

    room_id: str
    post_id: str
    case_id: str
    interval: Interval
    holds: bool


@dataclass(frozen=True)
class Offer:
    """Everything that decides about slots of one case at one post, already read from the store."""

    post: Post
    centre_zone: str
    case_id: str
    detention_ends_on: date
    window: Interval
    now: datetime
    post_hours: list[Interval]
    room_hours: Mapping[str, list[Interval]]
    closures: tuple[Closure, ...]
    taken: tuple[Taken, ...]

    def slots(self) -> list[Slot]:
        """Return every free slot of the window, in order of time, then room."""
        found = [
            Slot(room_id, *interval)
            for room_id in self.room_hours
            for interval in cut(common(self._free(room_id), self._open), self.post.length)
        ]
        return sorted(found, key=lambda slot: (slot.starts_at, slot.room_id))

    def nearest_to(self, wanted: datetime) -> tuple[Slot, ...]:
        """Return the alternatives to a slot that cannot be had."""
        return nearest(self.slots(), wanted, ALTERNATIVES)

    def refusal_of(self, wanted: Slot) -> SlotRefused | None:
        """Return why a slot cannot be given, the most telling reason first; None when it can."""
        interval = Interval(wanted.starts_at, wanted.ends_at)
        if wanted.room_id not in self.room_hours or not _is_aligned(interval):
            return OutsideHours(wanted.room_id, wanted.starts_at)
        return (
            self._too_early_or_late(wanted) or self._closed(wanted, interval) or self._busy(wanted, interval)
        )

    def _too_early_or_late(self, wanted: Slot) -> SlotRefused | None:
        earliest_at = self.post.earliest_after(self.now)
        if wanted.starts_at < earliest_at:
            return TooSoon(wanted.room_id, wanted.starts_at, earliest_at)
        if day_in(wanted.ends_at, self.centre_zone) > self.detention_ends_on:
            return AfterDetention(wanted.room_id, wanted.starts_at, self.detention_ends_on)
        return None

    def _closed(self, wanted: Slot, interval: Interval) -> SlotRefused | None:
        for closure in self._closures_of(wanted.room_id):
            if closure.interval.overlaps(interval):
                return ClosedThen(wanted.room_id, wanted.starts_at, closure.reason)
        both = common(merged(self.post_hours), merged(self.room_hours[wanted.room_id]))
        return None if is_free(both, interval) else OutsideHours(wanted.room_id, wanted.starts_at)

    def _busy(self, wanted: Slot, interval: Interval) -> SlotRefused | None:
        if any(day.overlaps(interval) for day in self._full_days):
            return QuotaReached(wanted.room_id, wanted.starts_at, self.post.daily_quota or 0)
        free = is_free(self._free(wanted.room_id), interval)
        return None if free else SlotTaken(wanted.room_id, wanted.starts_at)

    def _free(self, room_id: str) -> list[Interval]:
        closed = [closure.interval for closure in self._closures_of(room_id)]
        busy = [
            taken.interval
            for taken in self.taken
            if taken.holds and (taken.room_id == room_id or taken.case_id == self.case_id)
        ]
        hours = self.room_hours[room_id]
        return free_time(self.post_hours, hours, closed, [*busy, *self._post_busy, *self._full_days])

    def _closures_of(self, room_id: str) -> list[Closure]:
        other_rooms = self.room_hours.keys() - {room_id}
        return [closure for closure in self.closures if closure.owner_id not in other_rooms]

    @cached_property
    def _open(self) -> list[Interval]:
        starts_at = max(self.window.starts_at, self.post.earliest_after(self.now))
        last_day = local_day(self.detention_ends_on, self.centre_zone)
        return merged([Interval(starts_at, min(self.window.ends_at, last_day.ends_at))])

    @cached_property
    def _post_busy(self) -> list[Interval]:
        own = [taken.interval for taken in self.taken if taken.holds and taken.post_id == self.post.id]
        return crowded(own, self.post.seats)

    @cached_property
    def _full_days(self) -> list[Interval]:
        if self.post.daily_quota is None:
            return []
        own = [taken for taken in self.taken if taken.post_id == self.post.id]
        count = Counter(day_in(taken.interval.starts_at, self.post.zone) for taken in own)
        full = [day for day, number in count.items() if number >= self.post.daily_quota]
        return [local_day(day, self.post.zone) for day in sorted(full)]


def _is_aligned(interval: Interval) -> bool:
    try:
        return len(quanta_of(interval)) > 0
    except ValueError:
        return False


def window_around(wanted: datetime, *, days: int) -> Interval:
    """Return the window of so many days before and after a wanted moment."""
    return Interval(wanted - timedelta(days=days), wanted + timedelta(days=days))
