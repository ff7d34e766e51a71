"""Migrations: Alembic configured in code, run at start and by `parloir migrate`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

HERE = Path(__file__).parent
CONNECTION = "connection"


EMPTY = "base"
TURN = 0x5041524C  # of PostgreSQL's advisory locks, the one for migrations
MOST_SECONDS = 600


class UnknownRevision(Exception):
    """There is no such revision; `known` are those of this version of the program."""

    def __init__(self, revision: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no revision {revision!r} in this version of the program: {', '.join(known)}")


class BrokenKeys(Exception):
    """A migration left a row that points at nothing; the transaction is rolled back."""


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the connection to work on."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes[CONNECTION] = connection
    return config


async def upgrade(engine: AsyncEngine) -> None:
    """Bring a database to the newest revision, in one transaction; `UnknownRevision` when it is ahead."""
    async with _migrating(engine) as connection:
        present = await connection.run_sync(_revision_of)
        if present not in {None, *revisions()}:
            raise UnknownRevision(str(present), revisions())
        await connection.run_sync(lambda plain: command.upgrade(configuration(plain), "head"))


async def migrate_to(engine: AsyncEngine, revision: str) -> None:
    """Bring a database forward or back to one of `revisions`, in one transaction."""
    known = revisions()
    if revision not in known:
        raise UnknownRevision(revision, known)
    async with _migrating(engine) as connection:
        present = await connection.run_sync(_revision_of) or EMPTY
        if present not in known:
            raise UnknownRevision(present, known)
        goes_on = known.index(revision) > known.index(present)
        step = command.upgrade if goes_on else command.downgrade
        await connection.run_sync(lambda plain: step(configuration(plain), revision))


@asynccontextmanager
async def _migrating(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a transaction; on SQLite its foreign keys rest, since a table is replaced whole.

    That is the procedure of sqlite.org/lang_altertable.html, section 7: off before the transaction, all
    keys checked at its end.
    """
    async with engine.connect() as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        raw: Any = (await connection.get_raw_connection()).driver_connection
        if is_sqlite:
            await raw.execute("PRAGMA foreign_keys=OFF")
        try:
            async with connection.begin():
                await _wait_for_turn(connection)
                yield connection
                if is_sqlite and (await connection.execute(text("PRAGMA foreign_key_check"))).first():
                    raise BrokenKeys
        finally:
            if is_sqlite:
                await raw.execute("PRAGMA foreign_keys=ON")


async def _wait_for_turn(connection: AsyncConnection) -> None:
    """Let one process migrate at a time: SQLite's write lock, held already, does so."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SET LOCAL lock_timeout = '{MOST_SECONDS}s'"))
        await connection.execute(text(f"SET LOCAL statement_timeout = '{MOST_SECONDS}s'"))
        await connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})


async def present_revision(engine: AsyncEngine) -> str | None:
    """Give the revision that a database is at; None when it is empty."""
    async with engine.connect() as connection:
        return await connection.run_sync(_revision_of)


def revisions() -> tuple[str, ...]:
    """Every revision that this version of the program knows, from the empty database on."""
    script = ScriptDirectory.from_config(configuration())
    return EMPTY, *(each.revision for each in reversed(list(script.walk_revisions())))


def newest_revision() -> str | None:
    """Give the revision that this version of the program wants."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def _revision_of(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
