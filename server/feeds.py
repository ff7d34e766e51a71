"""Subscribed calendars: a secret address for one account, shown once, and what it gives while it lives."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.booking import Booking, Status
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.scope import booking_joined, booking_scope
from scheduling.store import booking_from
from scheduling.trail import record_act
from server.tables import feeds

_SECRET_BYTES = 24
_PAST = timedelta(days=30)
_MOST_ENTRIES = 500
_SHOWN = (Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED)


async def make_feed(session: AsyncConnection, clock: Clock, actor: Actor) -> str:
    """Give the account a new secret in place of the one before; it is stored hashed and never shown again."""
    await drop_feed(session, actor)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = {"id": new_id(), "account_id": actor.account_id, "created_at": clock()}
    await session.execute(insert(feeds).values(**row, secret_sha256=_digest(secret)))
    await record_act(session, clock, actor, "make_feed", noun="account", noun_id=actor.account_id)
    return secret


async def drop_feed(session: AsyncConnection, actor: Actor) -> None:
    """End the account's subscription."""
    await session.execute(delete(feeds).where(feeds.c.account_id == actor.account_id))


async def fed_since(session: AsyncConnection, account_id: str) -> datetime | None:
    """Return when the account's subscription was made; None without one."""
    statement = select(feeds.c.created_at).where(feeds.c.account_id == account_id)
    found: datetime | None = await session.scalar(statement.order_by(feeds.c.created_at.desc()).limit(1))
    return found


async def reader_of(session: AsyncConnection, clock: Clock, secret: str) -> tuple[Actor, str] | None:
    """Return whose calendar a secret opens, and their language; None when it opens none any more."""
    a = tables.accounts
    statement = (
        select(feeds.c.id.label("feed_id"), a.c.id, a.c.role, a.c.organisation_id, a.c.name, a.c.language)
        .join(a, a.c.id == feeds.c.account_id)
        .where(feeds.c.secret_sha256 == _digest(secret), a.c.is_active)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    await session.execute(update(feeds).where(feeds.c.id == row.feed_id).values(read_at=clock()))
    return Actor(row.id, Role(row.role), row.organisation_id, row.name), row.language


async def bookings_fed(
    session: AsyncConnection, actor: Actor, now: datetime
) -> list[tuple[Booking, str, str]]:
    """Return the bookings that stand for the actor, each with its reference and place."""
    b = tables.bookings
    statement = (
        select(b, tables.cases.c.reference, tables.rooms.c.name.label("room_name"))
        .select_from(booking_joined())
        .where(booking_scope(actor), b.c.status.in_(_SHOWN), b.c.starts_at >= now - _PAST)
        .order_by(b.c.starts_at, b.c.id)
        .limit(_MOST_ENTRIES)
    )
    found = []
    for row in (await session.execute(statement)).mappings():
        values = {column.name: row[column] for column in b.c}
        found.append((booking_from(values), row["reference"], row["room_name"]))
    return found


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
