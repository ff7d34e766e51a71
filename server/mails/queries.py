"""The mails that have not left, as administrators see them: that they exist, for whom and why; no words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from server.mails.dispatch import MOST_ATTEMPTS
from server.tables import mails

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class MailRow:
    """One mail that has not left; `organisation` is empty for a guest, who has no account."""

    id: str
    event: str
    organisation: str
    state: str
    attempts: int
    last_error: str
    created_at: datetime


async def unsent(session: AsyncConnection) -> list[MailRow]:
    """Return the dead, then what waits, then what nobody needs any more, each the oldest first."""
    a, o = tables.accounts, tables.organisations
    joined = mails.outerjoin(a, a.c.email == mails.c.to_address).outerjoin(o, o.c.id == a.c.organisation_id)
    statement = (
        select(
            mails.c.id,
            mails.c.event,
            func.coalesce(o.c.name, literal("")).label("organisation"),
            mails.c.state,
            mails.c.attempts,
            mails.c.last_error,
            mails.c.created_at,
        )
        .select_from(joined)
        .where(mails.c.state != "sent", mails.c.purged_at.is_(None))
        .order_by(mails.c.state != "dead", mails.c.state == "overtaken", mails.c.created_at, mails.c.id)
        .limit(MOST_SHOWN)
    )
    return [MailRow(**row) for row in (await session.execute(statement)).mappings()]


async def untold(session: AsyncConnection) -> int:
    """Return how many events could not become mails."""
    o = tables.outbox
    statement = select(func.count()).where(o.c.delivered_at.is_(None), o.c.attempts >= MOST_ATTEMPTS)
    return await session.scalar(statement) or 0


async def try_again(session: AsyncConnection, mail_id: str, now: datetime) -> bool:
    """Let a mail be sent at once, with all its attempts; False when there is nothing to try."""
    statement = (
        update(mails)
        .where(mails.c.id == mail_id, mails.c.state.in_(("dead", "waiting")), mails.c.purged_at.is_(None))
        .values(state="waiting", attempts=0, next_attempt_at=now)
        .returning(mails.c.id)
    )
    return (await session.execute(statement)).first() is not None


async def give_up(session: AsyncConnection, mail_id: str) -> bool:
    """Forget a dead mail for good; False when there is none."""
    statement = delete(mails).where(mails.c.id == mail_id, mails.c.state == "dead").returning(mails.c.id)
    return (await session.execute(statement)).first() is not None
