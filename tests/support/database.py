"""A real database for a test: SQLite in a temporary folder, with the pragmas that the product sets."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from scheduling.tables import metadata

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=OFF",  # a test does not survive a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA busy_timeout=10000",
)

Sessions = async_sessionmaker[AsyncSession]


@asynccontextmanager
async def fresh_database(folder: Path, *, immediate: bool = True) -> AsyncIterator[AsyncEngine]:
    """Yield the engine of a new database with every table; `immediate` takes the writer's lock at once."""
    file = folder / "test.db"
    file.write_bytes(_empty_database(frozenset(metadata.tables)))
    engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin_immediate if immediate else _begin_deferred)
    try:
        yield engine
    finally:
        await engine.dispose()


@cache
def _empty_database(_tables: frozenset[str]) -> bytes:
    """Make every table once; the cache follows what tables are known: rooms add theirs when imported."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "empty.db")
        engine = create_engine(f"sqlite:///{file}")
        metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


def sessions_of(engine: AsyncEngine) -> Sessions:
    return async_sessionmaker(engine, expire_on_commit=False)


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
