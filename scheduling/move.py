"""Moving a booking that stands: one identity, a growing sequence, and everybody told once."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking
from scheduling.claims import AlreadyHeld
from scheduling.clock import Clock
from scheduling.confirm import hold_again
from scheduling.errors import NotForYou, StandsAlready
from scheduling.gather import keep
from scheduling.participant import ParticipantRole
from scheduling.place import Search, place, sides_of, taken
from scheduling.remind import note_told
from scheduling.trail import record_act, remember, tell
from scheduling.wish import Wish


async def move(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    booking_id: str,
    room_id: str,
    starts_at: datetime,
) -> Booking | None:
    """Move a booking for its centre where the post need not be asked: to another room, or at an open post.

    None when the post has a word in it: the centre then proposes the slot.
    """
    booking = await store.load_booking(session, booking_id)
    sides = await sides_of(session, booking.case_id, booking.post_id)
    if not actor.hosts_at(sides.case.centre_id):
        raise NotForYou("booking", booking_id)
    now = clock()
    booking.check_coming(now, "moved")
    if (room_id, starts_at) == (booking.room_id, booking.starts_at):
        raise StandsAlready(booking.id, is_wish=False)
    if starts_at != booking.starts_at and not sides.auto_confirms:
        return None
    language = (await store.load_request(session, booking.request_id)).interpreter_language
    search = Search(sides, now, language, booking.id)
    wish = await place(session, search, room_id, starts_at)
    try:
        return await place_in(session, clock, actor, booking, wish)
    except AlreadyHeld:
        raise await taken(session, search, wish) from None


async def place_in(
    session: AsyncConnection, clock: Clock, actor: Actor | None, booking: Booking, wish: Wish
) -> Booking:
    """Write a booking in another slot, whoever agreed to it; the rows of the claim may still say no."""
    moved = booking.placed_in(wish)
    if moved is booking:
        return booking
    now = clock()
    await hold_again(session, moved, [wish])
    await store.save(session, tables.bookings, moved)
    await store_wishes.drop_proposal(session, booking.id)
    await note_told(session, moved, now)
    await remember(session, "booking:moved", moved, by=actor, at=now)
    await record_act(session, clock, actor, "move", noun="booking", noun_id=booking.id)
    if booking.interpreter_id != moved.interpreter_id:
        await _change_interpreter(session, clock, actor, moved)
    await tell(session, "booking:moved", {"booking_id": booking.id, "sequence": moved.sequence}, at=now)
    return moved


async def _change_interpreter(
    session: AsyncConnection, clock: Clock, actor: Actor | None, booking: Booking
) -> None:
    """Give the interpreter's seat to who is free in the new slot."""
    interview = await store.interview_of(session, booking.id)
    seats = await store.participants_of(session, interview.id) if interview else ()
    for seat in seats:
        if seat.role is ParticipantRole.INTERPRETER and seat.interpreter_id is not None:
            after = replace(seat, interpreter_id=booking.interpreter_id, version=seat.version + 1)
            await keep(session, clock, actor, "participant:replaced", before=seat, after=after)
