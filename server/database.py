"""The engine and its two kinds of transaction: reading, and writing behind the one writer's lock."""

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.ext.asyncio import create_async_engine as _make_engine
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 10
_WRITES = "parloir_writes"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
)


def create_engine(url: str) -> AsyncEngine:
    """Make an engine for a `sqlite+aiosqlite` or `postgresql+asyncpg` address."""
    engine = _make_engine(url, hide_parameters=True)  # an error's text may reach a log
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def session_factory(engine: AsyncEngine, *, writes: bool = True) -> async_sessionmaker[AsyncSession]:
    """Sessions for writing (they take SQLite's write lock when they begin) or for reading."""
    bound = engine.execution_options(**{_WRITES: writes})
    return async_sessionmaker(bound, expire_on_commit=False)


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: `_begin` does
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails with SQLITE_BUSY at once instead of waiting.
    writes = connection.get_execution_options().get(_WRITES, True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
