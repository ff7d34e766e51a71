"""The post says which guests attend an interview that was agreed without a word on them."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking
from scheduling.clock import Clock
from scheduling.confirm import guest_seats
from scheduling.errors import FieldRefused, NotForYou
from scheduling.remind import note_told
from scheduling.trail import record_act, remember, tell


async def decide_guests(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    booking_id: str,
    agreed_guests: frozenset[str] = frozenset(),
) -> Booking:
    """Agree to some of the guests without an answer, refuse the others, and tell everybody who takes part."""
    booking = await store.load_booking(session, booking_id)
    if not actor.answers_for(booking.post_id):
        raise NotForYou("booking", booking_id)
    now = clock()
    interview = await store.interview_of(session, booking.id)
    booking.check_coming(now, "decided")
    if interview is None:
        raise NotForYou("interview", booking_id)
    waiting = [each for each in await store_wishes.guests_of(session, booking.id) if each.is_undecided]
    if not waiting:
        raise FieldRefused("agreed", "decided")
    guests = [guest.answered(agreed=guest.id in agreed_guests) for guest in waiting]
    for guest in guests:
        await store_wishes.keep_guest(session, guest)
    decided = booking.told_anew()
    await store.save(session, tables.bookings, decided)
    await note_told(session, decided, now)
    for seat in guest_seats(interview, guests):
        await store.add(session, tables.participants, seat)
        await remember(session, "participant:seated", seat, by=actor, at=now)
    await remember(session, "booking:guests_decided", decided, by=actor, at=now)
    await record_act(session, clock, actor, "decide_guests", noun="booking", noun_id=booking.id)
    payload: dict[str, str | int] = {"booking_id": booking.id, "sequence": decided.sequence}
    await tell(session, "booking:guests_decided", payload, at=now)
    return decided
