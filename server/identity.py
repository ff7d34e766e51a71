"""Signing in, proving it twice, and changing how: the verbs of the handlers in `handlers/identity.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.tables import accounts, audit
from scheduling.trail import record_act
from server import guest_logins, logins
from server.errors import SignInRefused
from server.logins import Login
from server.one_time_code import accepted_step, new_secret, open_secret, seal_secret
from server.passwords import Passwords
from server.tables import credentials

CodeVerb = Callable[[AsyncConnection, Clock, bytes, str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Proof:
    """What is stored of an account's ways to prove itself."""

    account_id: str
    password_hash: str
    asks_code: bool


async def find_proof(session: AsyncConnection, email: str) -> Proof | None:
    """How the active account with this address signs in."""
    row = (
        await session.execute(
            select(
                accounts.c.id,
                credentials.c.password_hash,
                credentials.c.totp_confirmed_at,
            )
            .join(credentials, credentials.c.account_id == accounts.c.id)
            .where(accounts.c.email == email.strip().lower(), accounts.c.is_active)
        )
    ).one_or_none()
    return Proof(row.id, row.password_hash, row.totp_confirmed_at is not None) if row else None


async def check_password(passwords: Passwords, proof: Proof | None, password: str) -> Proof:
    """Give the proof, if the password fits. Unknown accounts take the same time and get the same refusal."""
    fits = await passwords.matches(proof.password_hash if proof else None, password)
    if proof is None or not fits:
        raise SignInRefused
    return proof


async def sign_in(session: AsyncConnection, clock: Clock, account_id: str, *, asks_code: bool) -> str:
    """Begin a login after the password fitted; returns its token. It opens nothing while a code is asked."""
    await logins.forget_expired(session, clock)
    token = await logins.begin_login(session, clock, account_id, is_complete=not asks_code)
    if not asks_code:
        await _note(session, clock, account_id, "sign_in")
    return token


async def enter_code(session: AsyncConnection, clock: Clock, key: bytes, login: Login, code: str) -> str:
    """Complete a login with a code; returns the token of the new login that replaces it."""
    account_id = login.actor.account_id
    await _use_code(session, clock, key, account_id, code)
    await logins.revoke(session, login.id)
    await _note(session, clock, account_id, "sign_in")
    return await logins.begin_login(session, clock, account_id, is_complete=True)


async def sign_out(session: AsyncConnection, clock: Clock, login: Login) -> None:
    """End this login."""
    if login.actor.is_guest:
        await guest_logins.revoke(session, login.id)
        await record_act(
            session, clock, login.actor, "sign_out", noun="participant", noun_id=login.actor.account_id
        )
        return
    await logins.revoke(session, login.id)
    await _note(session, clock, login.actor.account_id, "sign_out")


async def set_password(
    session: AsyncConnection, clock: Clock, account_id: str, password_hash: str, *, is_one_time: bool
) -> None:
    """Store a new password; all logins of the account end."""
    columns = {"password_hash": password_hash, "is_one_time": is_one_time}
    changed = await session.execute(
        update(credentials)
        .where(credentials.c.account_id == account_id)
        .values(columns)
        .returning(credentials.c.account_id)
    )
    if changed.one_or_none() is None:
        await session.execute(insert(credentials).values(account_id=account_id, **columns))
    await logins.revoke_all(session, account_id)
    await _note(session, clock, account_id, "change_password")


async def has_code(session: AsyncConnection, account_id: str) -> bool:
    """Whether the account asks for a code."""
    found = await session.scalar(
        select(credentials.c.totp_confirmed_at).where(credentials.c.account_id == account_id)
    )
    return found is not None


async def offer_code(session: AsyncConnection, key: bytes, account_id: str, *, is_new: bool) -> str:
    """Give the secret to put into an authenticator, not yet asked for: a new one, or the last again."""
    row = (
        await session.execute(
            select(credentials.c.totp_sealed, credentials.c.totp_confirmed_at).where(
                credentials.c.account_id == account_id
            )
        )
    ).one()
    if not is_new and row.totp_sealed is not None and row.totp_confirmed_at is None:
        return open_secret(key, account_id, row.totp_sealed)
    secret = new_secret()
    await session.execute(
        update(credentials)
        .where(credentials.c.account_id == account_id)
        .values(totp_sealed=seal_secret(key, account_id, secret), totp_confirmed_at=None, totp_last_step=0)
    )
    return secret


async def confirm_code(
    session: AsyncConnection, clock: Clock, key: bytes, account_id: str, code: str
) -> None:
    """Ask for a code from now on, once one has been shown to work."""
    await _use_code(session, clock, key, account_id, code)
    await session.execute(
        update(credentials).where(credentials.c.account_id == account_id).values(totp_confirmed_at=clock())
    )
    await _note(session, clock, account_id, "enrol_code")


async def drop_code(session: AsyncConnection, clock: Clock, key: bytes, account_id: str, code: str) -> None:
    """Stop asking for a code; takes one last code."""
    await _use_code(session, clock, key, account_id, code)
    await session.execute(
        update(credentials)
        .where(credentials.c.account_id == account_id)
        .values(totp_sealed=None, totp_confirmed_at=None, totp_last_step=0)
    )
    await _note(session, clock, account_id, "drop_code")


async def choose_language(session: AsyncConnection, account_id: str, code: str) -> None:
    """Remember the language that an account reads."""
    await session.execute(update(accounts).where(accounts.c.id == account_id).values(language=code))


async def _use_code(session: AsyncConnection, clock: Clock, key: bytes, account_id: str, code: str) -> None:
    """Accept a code once: the row is locked, so that two racers never both win."""
    row = (
        await session.execute(
            select(credentials.c.totp_sealed, credentials.c.totp_last_step)
            .where(credentials.c.account_id == account_id)
            .with_for_update()
        )
    ).one_or_none()
    if row is None or row.totp_sealed is None:
        raise SignInRefused
    secret = open_secret(key, account_id, row.totp_sealed)
    step = accepted_step(secret, code, now=clock(), after_step=row.totp_last_step)
    if step is None:
        raise SignInRefused
    await session.execute(
        update(credentials).where(credentials.c.account_id == account_id).values(totp_last_step=step)
    )


async def _note(session: AsyncConnection, clock: Clock, account_id: str, act: str) -> None:
    await session.execute(
        insert(audit).values(
            id=new_id(), at=clock(), account_id=account_id, act=act, noun="account", noun_id=account_id
        )
    )
