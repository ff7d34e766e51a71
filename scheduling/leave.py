"""Leaving a booking: what every exit does to slot, request, history and outbox."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Status
from scheduling.claims import release
from scheduling.clock import Clock
from scheduling.store_wishes import drop_proposal
from scheduling.trail import record_act, remember, tell


async def leave(session: AsyncConnection, clock: Clock, actor: Actor | None, gone: Booking) -> Booking:
    """Write a booking that has just moved to an exit: its slot is free and its request over.

    The event bears the name of the status alone, so that nobody who reads it learns why.
    """
    now = clock()
    await store.save(session, tables.bookings, gone)
    await release(session, gone.id)
    await drop_proposal(session, gone.id)
    if gone.status is not Status.COMPLETED:
        request = await store.load_request(session, gone.request_id)
        await store.end_request(session, request.over(now))
    event = f"booking:{gone.status}"
    await remember(session, event, gone, by=actor, at=now)
    await record_act(session, clock, actor, gone.status, noun="booking", noun_id=gone.id)
    await tell(session, event, {"booking_id": gone.id, "sequence": gone.sequence}, at=now)
    return gone
