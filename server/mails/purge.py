"""What remains of a mail after a month: which event, in which state, when; no word, address or link."""

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.clock import Clock
from scheduling.due import Due
from server.tables import guest_links, invitations, mails

KEPT = timedelta(days=30)
MOST_AT_ONCE = 500
_B, _I, _P = tables.bookings, tables.interviews, tables.participants
_LONG_AGO: BindParameter[datetime] = bindparam("long_ago")
_OLD = select(mails.c.id).where(
    mails.c.purged_at.is_(None),
    mails.c.created_at <= _LONG_AGO,
    mails.c.state.in_(("sent", "dead", "overtaken")),
)
_TO_EMPTY = _OLD.order_by(mails.c.created_at).limit(MOST_AT_ONCE).with_for_update(skip_locked=True)
_PAST = (
    select(_P.c.id)
    .join(_I, _I.c.id == _P.c.interview_id)
    .join(_B, _B.c.id == _I.c.booking_id)
    .where(_B.c.ends_at <= _LONG_AGO)
)
_TO_PAST_INTERVIEWS = guest_links.c.participant_id.in_(_PAST)
_ENDED = invitations.c.ends_at <= _LONG_AGO
PURGES = Due(
    or_(
        _OLD.exists(),
        select(guest_links.c.id).where(_TO_PAST_INTERVIEWS).exists(),
        select(invitations.c.booking_id).where(_ENDED).exists(),
    ),
    {"long_ago": -KEPT},
)


async def purge(session: AsyncConnection, clock: Clock) -> int:
    """Empty the mails that have long left or never will, some in one transaction; returns how many.

    The row stays: its key is what keeps a mail from being written twice. The links of guests to interviews
    that are long past go, their logins with them, and so does who was invited.
    """
    now = clock()
    asked = PURGES.moments(now)
    ids = list(await session.scalars(_TO_EMPTY, asked))
    if ids:
        words = dict.fromkeys(("to_address", "subject", "text", "html", "last_error"), "")
        emptied = update(mails).where(mails.c.id.in_(ids)).values(**words, calendar=None, purged_at=now)
        await session.execute(emptied)
    for forgotten in (delete(guest_links).where(_TO_PAST_INTERVIEWS), delete(invitations).where(_ENDED)):
        await session.execute(forgotten, asked)
    return len(ids)
