"""Giving up a booking: the centre withdraws or cancels, the post cancels what it had confirmed."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store
from scheduling.actor import Actor
from scheduling.booking import CENTRE_REASONS, POST_REASONS, Booking, CancelReason, Status
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.leave import leave
from scheduling.store_places import load_room


async def cancel(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    booking_id: str,
    reason: CancelReason,
    remark: str = "",
) -> Booking:
    """Leave a booking with a code that the other side may read; a request not yet answered is withdrawn.

    Once the hour of a confirmed one is over, only an ending says what became of it.
    """
    booking = await store.load_booking(session, booking_id)
    room = await load_room(session, booking.room_id)
    if actor.hosts_at(room.centre_id):
        step = Status.WITHDRAWN if booking.status is Status.REQUESTED else Status.CANCELLED
        allowed = CENTRE_REASONS
    elif actor.answers_for(booking.post_id):
        step, allowed = Status.CANCELLED, POST_REASONS
    else:
        raise NotForYou("booking", booking_id)
    if reason not in allowed:
        raise FieldRefused("reason", "not_of_this_side")
    now = clock()
    if step is Status.CANCELLED and booking.is_past(now):
        raise NotPossibleNow("booking", "past", step)
    gone = booking.moved_to(step, at=now, reason=reason, remark=remark.strip())
    return await leave(session, clock, actor, gone)
