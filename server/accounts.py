"""Accounts from the operator's side: added with a one-time password, renewed, and closed."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Role
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.tables import accounts, organisations
from server import identity, logins
from server.clock import utc_now
from server.errors import SettingError
from server.passwords import LEAST_CHARS, Passwords, one_time_password


async def add_account(
    session: AsyncConnection,
    passwords: Passwords,
    *,
    organisation_id: str,
    role: Role,
    name: str,
    email: str,
    language: str = "fr",
    password: str | None = None,
    clock: Clock = utc_now,
) -> str:
    """Add an account; returns its password: the given one, or a new one that works once."""
    address = email.strip().lower()
    if address.count("@") != 1:
        raise SettingError("--email", f"{email!r} is not an address")
    if await session.scalar(select(accounts.c.id).where(accounts.c.email == address)) is not None:
        raise SettingError("--email", f"{address} has an account already")
    account_id = new_id()
    await session.execute(
        insert(accounts).values(
            id=account_id,
            organisation_id=organisation_id,
            role=role,
            name=name,
            email=address,
            language=language,
            created_at=clock(),
        )
    )
    return await _give_password(session, passwords, clock, account_id, password)


async def renew_password(
    session: AsyncConnection,
    passwords: Passwords,
    email: str,
    *,
    password: str | None = None,
    clock: Clock = utc_now,
) -> str:
    """Give an account a new password; every login of it ends."""
    account_id = await _account_of(session, email)
    return await _give_password(session, passwords, clock, account_id, password)


async def close_account(session: AsyncConnection, email: str) -> None:
    """Close an account; it is signed out everywhere at once."""
    account_id = await _account_of(session, email)
    await session.execute(update(accounts).where(accounts.c.id == account_id).values(is_active=False))
    await logins.revoke_all(session, account_id)


async def organisation_named(session: AsyncConnection, name: str) -> str:
    """Give the identifier of the one organisation with this name or identifier."""
    found: Sequence[str] = (
        await session.scalars(
            select(organisations.c.id).where((organisations.c.name == name) | (organisations.c.id == name))
        )
    ).all()
    if len(found) != 1:
        raise SettingError("--organisation", f"{len(found)} organisations are called {name!r}")
    return found[0]


async def _account_of(session: AsyncConnection, email: str) -> str:
    address = email.strip().lower()
    account_id: str | None = await session.scalar(select(accounts.c.id).where(accounts.c.email == address))
    if account_id is None:
        raise SettingError("EMAIL", f"no account has the address {address}")
    return account_id


async def _give_password(
    session: AsyncConnection, passwords: Passwords, clock: Clock, account_id: str, password: str | None
) -> str:
    if password is not None and len(password) < LEAST_CHARS:
        raise SettingError("password", f"must have at least {LEAST_CHARS} characters")
    given = password or one_time_password()
    hashed = await passwords.hash(given)
    await identity.set_password(session, clock, account_id, hashed, is_one_time=password is None)
    return given
