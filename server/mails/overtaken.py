"""Mails that wait while what they say comes to nothing: put aside, so that nobody is reminded in vain."""

from datetime import datetime

from sqlalchemy import BindParameter, and_, bindparam, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import Status
from scheduling.clock import Clock
from scheduling.due import Due
from server.tables import mails

_B, _P = tables.bookings, tables.proposals
_NOW: BindParameter[datetime] = bindparam("now")
_WAITS = or_(mails.c.state == "waiting", and_(mails.c.state == "sending", mails.c.next_attempt_at <= _NOW))
_STANDS = exists().where(
    _P.c.booking_id == mails.c.booking_id, _P.c.made_at <= mails.c.created_at, _P.c.starts_at > _NOW
)
_IS_ELSEWHERE = _B.c.sequence != mails.c.sequence
_IS_OVER = or_(_B.c.status.not_in((Status.CONFIRMED, Status.IN_PROGRESS)), _B.c.ends_at <= _NOW)
_HAS_BEGUN = or_(_B.c.status != Status.CONFIRMED, _B.c.starts_at <= _NOW)
_IS_VAIN = or_(
    and_(mails.c.event.in_(("requested", "chased")), _B.c.status != Status.REQUESTED),
    and_(mails.c.event == "proposed", ~_STANDS),
    and_(mails.c.event.in_(("confirmed", "moved", "guests_decided", "link")), or_(_IS_ELSEWHERE, _IS_OVER)),
    and_(mails.c.event == "reminder", or_(_IS_ELSEWHERE, _HAS_BEGUN)),
    and_(mails.c.event == "guest_asked", _HAS_BEGUN),
)
_IN_VAIN = select(mails.c.id).join(_B, _B.c.id == mails.c.booking_id).where(_WAITS, _IS_VAIN)
_TO_PUT_ASIDE = _IN_VAIN.with_for_update(of=mails, skip_locked=True)
PUTS_ASIDE = Due(_IN_VAIN.exists())


async def put_aside(session: AsyncConnection, clock: Clock) -> int:
    """Mark the mails not sent yet that nobody needs any more; returns how many.

    They ask for something that is not wanted now, or tell of an interview that is over or stands elsewhere.
    What ended something (declined, cancelled) goes out however late. Only status, sequence and time decide:
    never why a booking ended.
    """
    ids = list(await session.scalars(_TO_PUT_ASIDE, {"now": clock()}))
    if ids:
        await session.execute(update(mails).where(mails.c.id.in_(ids)).values(state="overtaken"))
    return len(ids)
