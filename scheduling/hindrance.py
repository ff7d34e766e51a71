"""Why the rest of a day is not free: each stretch between the slots with the first reason that applies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from scheduling.holiday import Holiday
from scheduling.offer import Closure, ClosureKind, Offer
from scheduling.slot import Interval, Slot
from scheduling.steps import Steps


class Hindrance(StrEnum):
    """What stands in the way, the most telling first."""

    HOLIDAY = "holiday"
    POST_CLOSED = "post_closed"
    CENTRE_CLOSED = "centre_closed"
    POST_HOURS = "post_hours"
    TOO_SOON = "too_soon"
    AFTER_DETENTION = "after_detention"
    QUOTA = "quota"
    POST_TAKEN = "post_taken"
    PERSON_TAKEN = "person_taken"
    ROOM_HOURS = "room_hours"
    ROOMS_CLOSED = "rooms_closed"
    ROOMS_TAKEN = "rooms_taken"
    INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch without a slot, and why; `reason` and `holiday` are those of a closure."""

    hindrance: Hindrance
    interval: Interval
    reason: str = ""
    holiday: Holiday | None = None


def stretches(offer: Offer, span: Interval, slots: Iterable[Slot]) -> list[Stretch]:
    """Return, in order of time, why a span holds no other slots than these; to five minutes."""
    grid = offer.grid
    rest = grid.touched([span]) & ~grid.touched(Interval(slot.starts_at, slot.ends_at) for slot in slots)
    found: list[Stretch] = []
    for hindrance, steps, closure in _layers(offer):
        reason, holiday = (closure.reason, closure.holiday) if closure else ("", None)
        found += [Stretch(hindrance, each, reason, holiday) for each in grid.intervals(rest & steps)]
        rest &= ~steps
    return sorted(found, key=lambda each: each.interval)


_Layer = tuple[Hindrance, Steps, Closure | None]


def _layers(offer: Offer) -> Iterator[_Layer]:
    grid, (starts_at, ends_at) = offer.grid, offer.window
    yield from _closed_by(offer)
    yield Hindrance.POST_HOURS, ~offer.post_there, None
    yield Hindrance.TOO_SOON, grid.touched([Interval(starts_at, offer.earliest_at)]), None
    yield Hindrance.AFTER_DETENTION, grid.touched([Interval(offer.latest_at, ends_at)]), None
    yield Hindrance.QUOTA, offer.full, None
    yield Hindrance.POST_TAKEN, offer.post_busy, None
    yield Hindrance.PERSON_TAKEN, offer.person_busy, None
    yield from _rooms(offer)
    if offer.interpreters is not None:
        there = map(offer.free_interpreter, offer.interpreters)
        yield Hindrance.INTERPRETER, ~grid.union(there), None


def _closed_by(offer: Offer) -> Iterator[_Layer]:
    owners = {offer.post.id: Hindrance.POST_CLOSED, offer.centre_id: Hindrance.CENTRE_CLOSED}
    closures = [closure for owner in owners for closure in offer.closures_of(owner)]
    for closure in sorted(closures, key=lambda each: each.kind is not ClosureKind.HOLIDAY):
        is_holiday = closure.kind is ClosureKind.HOLIDAY
        steps = offer.grid.touched([closure.interval])
        yield Hindrance.HOLIDAY if is_holiday else owners[closure.owner_id], steps, closure


def _rooms(offer: Offer) -> Iterator[_Layer]:
    grid, rooms = offer.grid, offer.room_hours
    hours = {room_id: offer.within(open_hours) for room_id, open_hours in rooms.items()}
    yield Hindrance.ROOM_HOURS, ~grid.union(hours.values()), None
    shut = ~grid.union(hours[room_id] & ~offer.closed(room_id) for room_id in rooms)
    for room_id in rooms:
        for closure in offer.closures_of(room_id):
            yield Hindrance.ROOMS_CLOSED, shut & grid.touched([closure.interval]), closure
    yield Hindrance.ROOMS_TAKEN, ~grid.union(map(offer.free_room, rooms)), None
