"""Logins of guests: one browser that opened one link with its code, for one interview, while that stands."""

import secrets

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.clock import Clock
from scheduling.identifier import new_id
from server.guest_links import Ended, ended_for, open_links
from server.logins import Login, token_digest
from server.tables import guest_links, guest_logins

_PREFIX = "guest."
_TOKEN_BYTES = 32


def is_guests(token: str) -> bool:
    """Tell whether a browser's token is that of a guest, living or not."""
    return token.startswith(_PREFIX)


async def begin_login(session: AsyncConnection, clock: Clock, link_id: str) -> str:
    """Record the login of a browser that had the link and its code; returns the token for its cookie."""
    token = _PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    row = {"id": new_id(), "link_id": link_id, "created_at": clock()}
    await session.execute(insert(guest_logins).values(**row, token_sha256=token_digest(token)))
    return token


async def find_login(session: AsyncConnection, clock: Clock, token: str) -> Login | None:
    """Give the login of a guest whose link still opens."""
    p, now = tables.participants, clock()
    columns = (p.c.id, p.c.name, p.c.interview_id, tables.organisations.c.zone)
    logins = guest_logins.c["id", "created_at"]
    statement = open_links(now, *columns, logins.id.label("login_id"), logins.created_at)
    theirs = statement.join(guest_logins, guest_logins.c.link_id == guest_links.c.id)
    row = (await session.execute(theirs.where(guest_logins.c.token_sha256 == token_digest(token)))).first()
    if row is None:
        return None
    return Login(
        id=row.login_id,
        actor=Actor(row.id, Role.GUEST, "", row.name),
        email="",
        language="",
        organisation="",
        zone=row.zone,
        created_at=row.created_at,
        seen_at=now,
        is_complete=True,
        must_change_password=False,
        interview_id=row.interview_id,
    )


async def ended_for_login(session: AsyncConnection, clock: Clock, token: str) -> Ended | None:
    """Give whom to ask about the interview that a login was for, once that has ended."""
    return await ended_for(session, clock, guest_logins.c.token_sha256 == token_digest(token))


async def language_of(session: AsyncConnection, link_id: str) -> str:
    """Give the language in which the guest of a link gets their mails; empty for others."""
    g, p = tables.guests, tables.participants
    joined = select(g.c.language).join(p, p.c.guest_id == g.c.id)
    statement = joined.join(guest_links, guest_links.c.participant_id == p.c.id)
    return str(await session.scalar(statement.where(guest_links.c.id == link_id)) or "")


async def revoke(session: AsyncConnection, login_id: str) -> None:
    """End one login now."""
    await session.execute(delete(guest_logins).where(guest_logins.c.id == login_id))
