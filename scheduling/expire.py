"""Requests that nobody answers: the post is asked once more, and in the end the request is given up.

What is due is read first, then each is done in a transaction of its own, so that a bad one holds up no other.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.booking import Booking, Status
from scheduling.clock import Clock
from scheduling.due import Due
from scheduling.leave import leave
from scheduling.trail import tell


def _unanswered(due: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    b, r = tables.bookings, tables.requests
    return (
        select(b.c.id)
        .join(r, r.c.id == b.c.request_id)
        .where(b.c.status == Status.REQUESTED, due)
        .order_by(b.c.id)
    )


_R = tables.requests
_TO_EXPIRE = _unanswered(_R.c.expires_at <= bindparam("now"))
_TO_CHASE = _unanswered(and_(_R.c.chased_at.is_(None), _R.c.chase_at <= bindparam("now")))
EXPIRES, CHASES = Due(_TO_EXPIRE.exists()), Due(_TO_CHASE.exists())


async def to_expire(session: AsyncConnection, clock: Clock) -> list[str]:
    """Return the bookings whose time for an answer has passed."""
    return list(await session.scalars(_TO_EXPIRE, {"now": clock()}))


async def expire(session: AsyncConnection, clock: Clock, booking_id: str) -> Booking | None:
    """Give a request up that nobody answered; None when somebody has meanwhile, or given it up before."""
    booking = await store.load_booking(session, booking_id)
    if booking.status is not Status.REQUESTED:
        return None
    return await leave(session, clock, None, booking.moved_to(Status.EXPIRED, at=clock()))


async def to_chase(session: AsyncConnection, clock: Clock) -> list[str]:
    """Return the bookings whose answer is wanted soon and was not asked for again."""
    return list(await session.scalars(_TO_CHASE, {"now": clock()}))


async def chase(session: AsyncConnection, clock: Clock, booking_id: str) -> bool:
    """Ask the post once more; False when it has answered meanwhile, or was asked again before."""
    now = clock()
    booking = await store.load_booking(session, booking_id)
    request = await store.load_request(session, booking.request_id)
    if booking.status is not Status.REQUESTED or request.chased_at is not None:
        return False
    await session.execute(update(_R).where(_R.c.id == request.id).values(chased_at=now))
    await tell(session, "booking:chased", {"booking_id": booking_id}, at=now)
    return True
