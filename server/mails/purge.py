"""What remains of a mail after a month: which event, in which state, when; no word, address or link."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.clock import Clock
from server.tables import guest_links, invitations, mails

KEPT = timedelta(days=30)
MOST_AT_ONCE = 500


async def purge(session: AsyncConnection, clock: Clock) -> int:
    """Empty the mails that have long left or never will, some in one transaction; returns how many.

    The row stays: its key is what keeps a mail from being written twice.
    """
    now = clock()
    old = (
        select(mails.c.id)
        .where(
            mails.c.purged_at.is_(None),
            mails.c.created_at <= now - KEPT,
            mails.c.state.in_(("sent", "dead", "overtaken")),
        )
        .order_by(mails.c.created_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list((await session.execute(old)).scalars())
    if ids:
        words = dict.fromkeys(("to_address", "subject", "text", "html", "last_error"), "")
        emptied = update(mails).where(mails.c.id.in_(ids)).values(**words, calendar=None, purged_at=now)
        await session.execute(emptied)
    await _forget_links(session, now - KEPT)
    await session.execute(delete(invitations).where(invitations.c.ends_at <= now - KEPT))
    return len(ids)


async def _forget_links(session: AsyncConnection, before: datetime) -> None:
    """Delete the links of guests to interviews that are long past; their logins go with them."""
    b, i, p = tables.bookings, tables.interviews, tables.participants
    past = (
        select(p.c.id)
        .join(i, i.c.id == p.c.interview_id)
        .join(b, b.c.id == i.c.booking_id)
        .where(b.c.ends_at <= before)
    )
    await session.execute(delete(guest_links).where(guest_links.c.participant_id.in_(past)))
