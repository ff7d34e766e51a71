"""Logins: who is signed in, from when until when, kept in a table and revocable at any moment."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.tables import accounts, organisations
from server.tables import credentials, logins

LIFETIME = timedelta(hours=12)
IDLE_LIFETIME = timedelta(minutes=60)
CODE_LIFETIME = timedelta(minutes=10)  # between the password and the code
TOUCH_EVERY = timedelta(minutes=1)
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Login:
    """One signed-in browser. While `is_complete` is false the code is still asked: it opens nothing.

    `interview_id` is that of a guest, who has no account and came by a link.
    """

    id: str
    actor: Actor
    email: str
    language: str
    organisation: str
    zone: str
    created_at: datetime
    seen_at: datetime
    is_complete: bool
    must_change_password: bool
    interview_id: str = ""

    def is_alive(self, now: datetime) -> bool:
        """Whether neither the absolute nor the idle time is over."""
        lifetime = LIFETIME if self.is_complete else CODE_LIFETIME
        return now < self.created_at + lifetime and now < self.seen_at + IDLE_LIFETIME


async def begin_login(session: AsyncConnection, clock: Clock, account_id: str, *, is_complete: bool) -> str:
    """Record a login and return its token, which is kept nowhere but in the browser's cookie."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    now = clock()
    await session.execute(
        insert(logins).values(
            id=new_id(),
            token_sha256=token_digest(token),
            account_id=account_id,
            created_at=now,
            seen_at=now,
            is_complete=is_complete,
        )
    )
    return token


async def find_login(session: AsyncConnection, clock: Clock, token: str) -> Login | None:
    """Give the living login of an active account that this token opens."""
    statement = (
        select(logins, accounts, organisations, credentials.c.is_one_time)
        .join(accounts, accounts.c.id == logins.c.account_id)
        .join(organisations, organisations.c.id == accounts.c.organisation_id)
        .outerjoin(credentials, credentials.c.account_id == accounts.c.id)
        .where(logins.c.token_sha256 == token_digest(token), accounts.c.is_active)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    columns = row._mapping  # noqa: SLF001 - the public name of a row's columns
    login = Login(
        id=columns[logins.c.id],
        actor=Actor(
            account_id=columns[accounts.c.id],
            role=Role(columns[accounts.c.role]),
            organisation_id=columns[accounts.c.organisation_id],
            name=columns[accounts.c.name],
        ),
        email=columns[accounts.c.email],
        language=columns[accounts.c.language],
        organisation=columns[organisations.c.name],
        zone=columns[organisations.c.zone],
        created_at=columns[logins.c.created_at],
        seen_at=columns[logins.c.seen_at],
        is_complete=columns[logins.c.is_complete],
        must_change_password=bool(columns[credentials.c.is_one_time]),
    )
    return login if login.is_alive(clock()) else None


async def touch(session: AsyncConnection, clock: Clock, login: Login) -> None:
    """Note that a login is in use."""
    await session.execute(update(logins).where(logins.c.id == login.id).values(seen_at=clock()))


async def revoke(session: AsyncConnection, login_id: str) -> None:
    """End one login now."""
    await session.execute(delete(logins).where(logins.c.id == login_id))


async def revoke_all(session: AsyncConnection, account_id: str, *, except_login_id: str | None = None) -> int:
    """End every login of an account, perhaps but one; returns how many."""
    statement = delete(logins).where(logins.c.account_id == account_id).returning(logins.c.id)
    if except_login_id is not None:
        statement = statement.where(logins.c.id != except_login_id)
    return len((await session.execute(statement)).all())


async def forget_expired(session: AsyncConnection, clock: Clock) -> None:
    """Drop the rows of logins whose absolute time is over."""
    await session.execute(delete(logins).where(logins.c.created_at < clock() - LIFETIME))


def token_digest(token: str) -> bytes:
    """Give what the table holds of a token: 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()
