"""The post says no, with a code."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store
from scheduling.actor import Actor
from scheduling.booking import Booking, DeclineReason, Status
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.leave import leave


async def decline(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    booking_id: str,
    reason: DeclineReason,
    remark: str = "",
) -> Booking:
    """Decline a request for the actor's own post; `other` needs words."""
    booking = await store.load_booking(session, booking_id)
    if not actor.answers_for(booking.post_id):
        raise NotForYou("booking", booking_id)
    words = remark.strip()
    if reason is DeclineReason.OTHER and not words:
        raise FieldRefused("remark", "needed")
    gone = booking.moved_to(Status.DECLINED, at=clock(), reason=reason, remark=words)
    return await leave(session, clock, actor, gone)
