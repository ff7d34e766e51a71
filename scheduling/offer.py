"""What can be had of one post by one centre: the free slots, and why a wanted one cannot be given."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import chain, compress, repeat
from typing import Any, NamedTuple

import numpy as np

from scheduling.availability import day_in, local_day
from scheduling.errors import (
    AfterDetention,
    ClosedThen,
    InterpreterBusy,
    OutsideHours,
    QuotaReached,
    SlotRefused,
    SlotTaken,
    TooSoon,
)
from scheduling.holiday import Holiday
from scheduling.post import Post
from scheduling.slot import QUANTUM, Interval, Slot, nearest, quanta_of
from scheduling.steps import Grid, Numbers, Span, Steps, cut, moment
from scheduling.wish import Wish

ALTERNATIVES = 3


class ClosureKind(StrEnum):
    """Why somebody cannot be had: closed, busy elsewhere, or a public holiday."""

    CLOSED = "closed"
    BUSY = "busy"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class Closure:
    """A time at which a post, a centre, a room or an interpreter cannot be had, in its own words."""

    owner_id: str
    interval: Interval
    reason: str = ""
    kind: ClosureKind = ClosureKind.CLOSED
    holiday: Holiday | None = None
    id: str = ""


class Taken(NamedTuple):
    """A held or asked slot of a booking as far as an offer is concerned: a tuple, there are thousands.

    `at_post` and `of_person` tell whether it is of the offer's post and of its case; `starts` and `ends`
    count five-minute steps since 1970, the last is the one after it.
    """

    booking_id: str
    room_id: str
    interpreter_id: str | None
    at_post: bool
    of_person: bool
    holds: bool
    starts: int
    ends: int


class _Columns(NamedTuple):
    """All that is taken, a column for each field, to be looked through at once."""

    booking_ids: tuple[str, ...]
    room_ids: tuple[str, ...]
    interpreter_ids: tuple[str | None, ...]
    at_post: Steps
    of_person: Steps
    holds: Steps
    starts: Numbers
    ends: Numbers


@dataclass(frozen=True)
class Offer:
    """Everything that decides about slots of one case at one post, already read from the store.

    `interpreters` maps those of the wanted language to their hours; None when nobody interprets.
    """

    post: Post
    centre_id: str
    centre_zone: str
    case_id: str
    detention_ends_on: date
    window: Interval
    now: datetime
    post_hours: list[Interval]
    room_hours: Mapping[str, list[Interval]]
    closures: tuple[Closure, ...]
    taken: Sequence[Taken]
    interpreters: Mapping[str, list[Interval]] | None = None
    _free: dict[str, Steps] = field(default_factory=dict, init=False, repr=False, compare=False)
    _open: dict[tuple[Interval, ...], Steps] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def slots(self) -> list[Slot]:
        """Return every free slot of the window, in order of time, then room.

        A slot cut otherwise may be had as well: `refusal_of` knows.
        """
        rooms = sorted(self.room_hours)
        there = None if self.interpreters is None else [*map(self.free_interpreter, self.interpreters)]
        rows, starts, ends = self.grid.runs([*map(self.free_room, rooms)], there)
        length = self.post.length // QUANTUM
        which, found = cut(starts, ends, length)
        numbers = rows[which] // (len(there) if there else 1)
        free = self.grid.rows(numbers, found, found + 1, len(rooms))
        begins = np.flatnonzero(free.any(axis=0))
        starts_at, ends_at = (
            list(map(moment, (begins + self.grid.first + more).tolist())) for more in (0, length)
        )
        at, room = (each.tolist() for each in np.nonzero(free[:, begins].T))
        of_each = ((rooms, room), (starts_at, at), (ends_at, at))
        return list(map(Slot, *(map(values.__getitem__, which) for values, which in of_each)))

    def wish_for(self, slot: Slot) -> Wish:
        """Return a free slot with the interpreter who is free then, when one is needed."""
        interval = Interval(slot.starts_at, slot.ends_at)
        free = (
            each for each in self.interpreters or {} if self.grid.has(self.free_interpreter(each), interval)
        )
        return Wish(*slot, next(free, None))

    def nearest_to(self, wanted: datetime) -> tuple[Slot, ...]:
        """Return the alternatives to a slot that cannot be had."""
        return nearest(self.slots(), wanted, ALTERNATIVES)

    def refusal_of(self, wanted: Slot) -> SlotRefused | None:
        """Return why a slot cannot be given, the most telling reason first; None when it can.

        It can when it lies on whole five minutes and each of them is free of post, centre, room, person and
        one interpreter for all of them, however `slots` happens to cut that time.
        """
        interval = Interval(wanted.starts_at, wanted.ends_at)
        if wanted.room_id not in self.room_hours or not _is_aligned(interval):
            return OutsideHours(wanted.room_id, wanted.starts_at)
        return (
            self._too_early_or_late(wanted) or self._closed(wanted, interval) or self._busy(wanted, interval)
        )

    def _too_early_or_late(self, wanted: Slot) -> SlotRefused | None:
        if wanted.starts_at < self.earliest_at:
            return TooSoon(wanted.room_id, wanted.starts_at, self.earliest_at)
        if wanted.ends_at > self.latest_at:
            return AfterDetention(wanted.room_id, wanted.starts_at, self.detention_ends_on)
        return None

    def _closed(self, wanted: Slot, interval: Interval) -> SlotRefused | None:
        for owner_id in (self.post.id, self.centre_id, wanted.room_id):
            for closure in self.closures_of(owner_id):
                if closure.interval.overlaps(interval):
                    return ClosedThen(wanted.room_id, wanted.starts_at, closure.reason)
        both = self.post_there & self.within(self.room_hours[wanted.room_id])
        return None if self.grid.has(both, interval) else OutsideHours(wanted.room_id, wanted.starts_at)

    def _busy(self, wanted: Slot, interval: Interval) -> SlotRefused | None:
        if not self.grid.has(~self.full, interval):
            return QuotaReached(wanted.room_id, wanted.starts_at, self.post.daily_quota or 0)
        free = self.free_room(wanted.room_id)
        if not self.grid.has(free, interval):
            return SlotTaken(wanted.room_id, wanted.starts_at)
        if not any(self.grid.has(served, interval) for served in self._served(free)):
            return InterpreterBusy(wanted.room_id, wanted.starts_at)
        return None

    def free_room(self, room_id: str) -> Steps:
        """Return when the room, the post and the person can all be had."""
        if room_id not in self._free:
            self._free[room_id] = self._both_sides & self._unheld(room_id, self.room_hours[room_id])
        return self._free[room_id]

    def free_interpreter(self, interpreter_id: str) -> Steps:
        """Return when one of the interpreters can be had."""
        if interpreter_id not in self._free:
            hours = (self.interpreters or {})[interpreter_id]
            self._free[interpreter_id] = self._unheld(interpreter_id, hours)
        return self._free[interpreter_id]

    def within(self, hours: Sequence[Interval]) -> Steps:
        """Return the steps of somebody's hours; many have the same."""
        key = tuple(hours)
        if key not in self._open:
            self._open[key] = self.grid.inside(hours)
        return self._open[key]

    def closed(self, owner_id: str) -> Steps:
        """Return when somebody is closed or busy elsewhere."""
        return self.grid.touched(closure.interval for closure in self.closures_of(owner_id))

    def closures_of(self, owner_id: str) -> Sequence[Closure]:
        """Return the closures of one owner, holidays among them."""
        return self._closures.get(owner_id, ())

    @cached_property
    def grid(self) -> Grid:
        """The five-minute steps of the window."""
        return Grid.over(self.window)

    @cached_property
    def earliest_at(self) -> datetime:
        """The first start that leaves the post the notice it wants."""
        return self.post.earliest_after(self.now)

    @cached_property
    def latest_at(self) -> datetime:
        """The midnight that ends the last day of detention, where the person is."""
        return local_day(self.detention_ends_on, self.centre_zone).ends_at

    @cached_property
    def post_there(self) -> Steps:
        """When the post works."""
        return self.within(self.post_hours)

    @cached_property
    def post_busy(self) -> Steps:
        """When every seat of the post is taken; two slots of one booking never take two seats."""
        taken = self._columns
        here = taken.holds & taken.at_post
        times = Counter(compress(taken.booking_ids, here))
        several = {booking_id for booking_id, count in times.items() if count > 1}
        again = here & np.fromiter(map(several.__contains__, taken.booking_ids), np.bool_)
        once = self.grid.counted(taken.starts[here & ~again], taken.ends[here & ~again])
        spans: defaultdict[str, list[Span]] = defaultdict(list)
        for each in compress(self.taken, again):
            spans[each.booking_id].append((each.starts, each.ends))
        return np.asarray(sum(map(self.grid.filled, spans.values()), once) >= self.post.seats)

    @cached_property
    def person_busy(self) -> Steps:
        """When the person is heard elsewhere, or may be."""
        taken = self._columns
        theirs = taken.holds & taken.of_person
        return self.grid.counted(taken.starts[theirs], taken.ends[theirs]) > 0

    @cached_property
    def full(self) -> Steps:
        """The local days of the post on which it holds as many interviews as it wants to."""
        if self.post.daily_quota is None:
            return self.grid.touched([])
        if self.post.daily_quota == 0:
            return self.grid.touched([self.window])
        asked: defaultdict[date, set[str]] = defaultdict(set)
        for each in self.taken:
            if each.at_post:
                asked[day_in(moment(each.starts), self.post.zone)].add(each.booking_id)
        days = [day for day, bookings in asked.items() if len(bookings) >= self.post.daily_quota]
        return self.grid.touched(local_day(day, self.post.zone) for day in days)

    @cached_property
    def _both_sides(self) -> Steps:
        starts_at, ends_at = self.window
        open_at = self.grid.inside([Interval(max(starts_at, self.earliest_at), min(ends_at, self.latest_at))])
        shut = self.closed(self.post.id) | self.closed(self.centre_id)
        return open_at & self.post_there & ~(shut | self.post_busy | self.person_busy | self.full)

    def _unheld(self, owner_id: str, hours: list[Interval]) -> Steps:
        out = self._held[owner_id]
        if owner_id in self._closures:  # most rooms and interpreters have none
            out = out | self.closed(owner_id)
        return self.within(hours) & ~out

    def _served(self, free: Steps) -> list[Steps]:
        """Return the free time once for each interpreter who can be there; once when nobody interprets."""
        if self.interpreters is None:
            return [free]
        return [free & self.free_interpreter(each) for each in self.interpreters]

    @cached_property
    def _closures(self) -> Mapping[str, list[Closure]]:
        by_owner: defaultdict[str, list[Closure]] = defaultdict(list)
        for closure in self.closures:
            by_owner[closure.owner_id].append(closure)
        return dict(by_owner)

    @cached_property
    def _held(self) -> Mapping[str, Steps]:
        """For which steps each room and each interpreter is held."""
        taken = self._columns
        owners = [*self.room_hours, *(self.interpreters or ())]
        number = {owner: number for number, owner in enumerate(owners)}
        nobody = len(owners)
        held = chain(taken.room_ids, taken.interpreter_ids)
        who = np.fromiter(map(number.get, held, repeat(nobody)), np.int64)
        counts = np.tile(taken.holds, 2) & (who != nobody)
        starts, ends = np.tile(taken.starts, 2)[counts], np.tile(taken.ends, 2)[counts]
        return dict(zip(owners, self.grid.rows(who[counts], starts, ends, nobody), strict=True))

    @cached_property
    def _columns(self) -> _Columns:
        columns: list[Any] = list(zip(*self.taken, strict=True)) or [()] * len(Taken._fields)
        names, truths, times = columns[:3], columns[3:6], columns[6:]
        return _Columns(*names, *np.array(truths, np.bool_), *np.array(times, np.int64))


def _is_aligned(interval: Interval) -> bool:
    try:
        return len(quanta_of(interval)) > 0
    except ValueError:
        return False


def window_around(wanted: datetime, *, days: int) -> Interval:
    """Return the window of so many days before and after a wanted moment."""
    return Interval(wanted - timedelta(days=days), wanted + timedelta(days=days))
