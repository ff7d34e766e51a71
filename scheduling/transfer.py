"""The person moves to another centre: what is planned moves to a room there at the same hour, or ends."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Status
from scheduling.case import Case
from scheduling.claims import AlreadyHeld
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotAccredited, NotForYou, NotPossibleNow, SlotRefused
from scheduling.leave import leave
from scheduling.move import place_in
from scheduling.place import Search, place, sides_of
from scheduling.protection import stopped
from scheduling.store_places import load_centre, rooms_of
from scheduling.trail import record_act, remember, tell


@dataclass(frozen=True, slots=True)
class Transferred:
    """The case at its new centre, with the bookings that moved along and those that were given up."""

    case: Case
    moved: tuple[Booking, ...]
    left: tuple[Booking, ...]


async def transfer_case(
    session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str, centre_id: str, keep_times: bool
) -> Transferred:
    """Record that the person is at another centre of this house.

    With `keep_times` an interview that stands moves into a free room of the new centre at the same hour;
    what finds none, and every request not answered yet, is given up. Nobody is transferred out of a
    running interview.
    """
    case = await store.load_case(session, case_id)
    if not actor.hosts_at(case.centre_id):
        raise NotForYou("case", case_id)
    if not case.is_open:
        raise NotPossibleNow("case", case.status, "transferred")
    if centre_id == case.centre_id:
        raise FieldRefused("centre_id", "same")
    centre = await load_centre(session, centre_id)
    live = await store.live_bookings_of(session, case_id)
    if any(booking.status is Status.IN_PROGRESS for booking in live):
        raise NotPossibleNow("case", Status.IN_PROGRESS, "transferred")
    now = clock()
    there = replace(case, centre_id=centre.id, version=case.version + 1)
    await store.save(session, tables.cases, there)
    await remember(session, "case:transferred", there, by=actor, at=now)
    await record_act(session, clock, actor, "transfer", noun="case", noun_id=case_id, detail=centre.id)
    await tell(session, "case:transferred", {"case_id": case_id, "centre_id": centre.id}, at=now)
    moved, left = await _take_along(session, clock, actor, live, keep_times=keep_times)
    return Transferred(there, tuple(moved), tuple(left))


async def _take_along(
    session: AsyncConnection, clock: Clock, actor: Actor, live: Sequence[Booking], *, keep_times: bool
) -> tuple[list[Booking], list[Booking]]:
    moved: list[Booking] = []
    left: list[Booking] = []
    for booking in live:
        stands = booking.status is Status.CONFIRMED and booking.starts_at > clock()
        found = await _same_hour(session, clock, actor, booking) if keep_times and stands else None
        if found is not None:
            moved.append(found)
        else:
            left.append(await leave(session, clock, actor, stopped(booking, clock())))
    return moved, left


async def _same_hour(
    session: AsyncConnection, clock: Clock, actor: Actor, booking: Booking
) -> Booking | None:
    try:
        sides = await sides_of(session, booking.case_id, booking.post_id)
    except NotAccredited:
        return None
    language = (await store.load_request(session, booking.request_id)).interpreter_language
    search = Search(sides, clock(), language, booking.id)
    for room in await rooms_of(session, sides.centre.id):
        try:
            wish = await place(session, search, room.id, booking.starts_at)
            return await place_in(session, clock, actor, booking, wish)
        except (SlotRefused, AlreadyHeld):
            continue
    return None
