"""What remains of a mail after a month: which event, in which state, when; no word and no address."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling.clock import Clock
from server.tables import invitations, mails

KEPT = timedelta(days=30)
MOST_AT_ONCE = 500


async def purge(session: AsyncSession, clock: Clock) -> int:
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
    words = dict.fromkeys(("to_address", "subject", "text", "html", "last_error"), "")
    emptied = update(mails).where(mails.c.id.in_(ids)).values(**words, calendar=None, purged_at=now)
    await session.execute(emptied)
    await session.execute(delete(invitations).where(invitations.c.ends_at <= now - KEPT))
    return len(ids)
