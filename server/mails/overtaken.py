"""Mails that wait while what they say comes to nothing: put aside, so that nobody is reminded in vain."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import Status
from scheduling.clock import Clock
from server.tables import mails


async def put_aside(session: AsyncConnection, clock: Clock) -> int:
    """Mark the mails not sent yet that nobody needs any more; returns how many.

    They ask for something that is not wanted now, or tell of an interview that is over or stands elsewhere.
    What ended something (declined, cancelled) goes out however late. Only status, sequence and time decide:
    never why a booking ended.
    """
    now = clock()
    b = tables.bookings
    waits = or_(mails.c.state == "waiting", and_(mails.c.state == "sending", mails.c.next_attempt_at <= now))
    found = (
        select(mails.c.id)
        .join(b, b.c.id == mails.c.booking_id)
        .where(waits, _is_vain(now))
        .with_for_update(of=mails, skip_locked=True)
    )
    ids = list((await session.execute(found)).scalars())
    if ids:
        await session.execute(update(mails).where(mails.c.id.in_(ids)).values(state="overtaken"))
    return len(ids)


def _is_vain(now: datetime) -> ColumnElement[bool]:
    b, p = tables.bookings, tables.proposals
    stands = exists().where(
        p.c.booking_id == mails.c.booking_id, p.c.made_at <= mails.c.created_at, p.c.starts_at > now
    )
    is_elsewhere = b.c.sequence != mails.c.sequence
    is_over = or_(b.c.status.not_in((Status.CONFIRMED, Status.IN_PROGRESS)), b.c.ends_at <= now)
    has_begun = or_(b.c.status != Status.CONFIRMED, b.c.starts_at <= now)
    return or_(
        and_(mails.c.event.in_(("requested", "chased")), b.c.status != Status.REQUESTED),
        and_(mails.c.event == "proposed", ~stands),
        and_(mails.c.event.in_(("confirmed", "moved", "guests_decided", "link")), or_(is_elsewhere, is_over)),
        and_(mails.c.event == "reminder", or_(is_elsewhere, has_begun)),
    )
