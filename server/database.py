"""The engine and its two kinds of transaction: writing, and what `for_reading` gives.

Whoever works in one gets the connection that it runs on, and calls it `session`.

SQLite lets writers in one by one. PostgreSQL lets them in together: a verb locks the rows that it decides on,
and one of two that wait for each other is undone (`GaveWay`).
"""

from collections.abc import Mapping
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Dialect, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.ext.asyncio import create_async_engine as _make_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from server.errors import DatabaseAway, GaveWay, NotText

BUSY_SECONDS = 10
QUEUE_SECONDS = 30  # SQLite lets writers in one by one, and not in the order in which they came
STATEMENT_SECONDS = 30
IDLE_SECONDS = 120  # in a transaction; a sealing waits for the disk in one
CONNECT_SECONDS = 5
SILENT_SECONDS = STATEMENT_SECONDS + 5  # after which a server that answers nothing counts as gone
TRUSTED_SECONDS = 5  # a connection at rest is asked whether it lives when it rested longer
POSTGRESQL = "postgresql+asyncpg"
_RESTS_SINCE = "parloir_rests_since"
_WRITES = "parloir_writes"
_PRAGMAS = (
    f"PRAGMA busy_timeout={QUEUE_SECONDS * 1000}",  # first: the others may have to wait for it
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
)
_POOL: Mapping[str, Any] = {
    "pool_size": 8,
    "max_overflow": 8,
    "pool_timeout": BUSY_SECONDS,
    "pool_recycle": 1800,
}
_SERVER_SETTINGS: Mapping[str, str] = {
    "application_name": "parloir",
    "timezone": "UTC",
    "lock_timeout": f"{BUSY_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
}
_READS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_UNDONE = {"40001", "40P01"}  # serialization failure, deadlock
_NOT_TEXT = "22021"  # a character that the encoding lacks
_NO_TIME = {"55P03", "57014"}  # lock timeout, statement timeout
_AWAY_CLASSES = {"08", "53", "57"}  # connection, resources, an operator's intervention
_SQLITE_AWAY = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN"}


def create_engine(url: str) -> AsyncEngine:
    """Make an engine for a `sqlite+aiosqlite` or `postgresql+asyncpg` address.

    What fails because the database is gone, full or too busy raises `DatabaseAway`.
    """
    hidden = {"hide_parameters": True}  # an error's text may reach a log
    if url.startswith(f"{POSTGRESQL}:"):
        engine = _make_engine(f"{POSTGRESQL}://", connect_args=_connect_arguments(url), **_POOL, **hidden)
        event.listen(engine.sync_engine, "checkin", _rest)
        event.listen(engine.sync_engine, "checkout", _wake)
    else:
        engine = _make_engine(url, **hidden)
        event.listen(engine.sync_engine, "connect", _prepare)
        event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "do_connect", _connect)
    event.listen(engine.sync_engine, "handle_error", _tell_away)
    return engine


def for_reading(engine: AsyncEngine) -> AsyncEngine:
    """Give the same engine for transactions that see one moment; on SQLite they take no write lock."""
    options = {_WRITES: False} | (_READS if engine.dialect.name == "postgresql" else {})
    return engine.execution_options(**options)


def _connect_arguments(url: str) -> dict[str, Any]:
    """Hand the address over whole, so that it means what it means to `psql`: sockets, TLS, several hosts."""
    return {
        "dsn": make_url(url).set(drivername="postgresql").render_as_string(hide_password=False),
        "timeout": CONNECT_SECONDS,
        "command_timeout": SILENT_SECONDS,
        "server_settings": dict(_SERVER_SETTINGS),
    }


def _connect(
    dialect: Dialect, _entry: ConnectionPoolEntry, arguments: Any, named: dict[str, Any]
) -> DBAPIConnection:
    try:
        return dialect.connect(*arguments, **named)
    except (OSError, dialect.loaded_dbapi.Error) as problem:
        raise DatabaseAway(f"no connection: {problem}") from problem


def _rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_RESTS_SINCE] = monotonic()


def _wake(connection: Any, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
    """Find out that a connection is gone before a request is lost on it; the pool then makes another.

    A server that ends says so on each of its connections. One that vanished does not: it is asked, but not
    on each use, since that takes three journeys.
    """
    is_gone = connection.driver_connection.is_closed()
    if not is_gone and monotonic() - entry.info.get(_RESTS_SINCE, inf) > TRUSTED_SECONDS:
        try:
            connection.ping()
        except connection.dbapi.Error:
            is_gone = True
    if is_gone:
        raise DisconnectionError


def _tell_away(context: ExceptionContext) -> None:
    problem = context.original_exception
    if not isinstance(problem, Exception):
        return  # a request that was given up says nothing about the database
    state = getattr(problem, "sqlstate", None) or ""
    if state in _UNDONE:
        raise GaveWay(state) from problem
    if state == _NOT_TEXT:
        raise NotText from problem
    if isinstance(problem, TimeoutError):
        context.is_disconnect = True
    if context.is_disconnect or isinstance(problem, OSError) or _says_away(problem, state):
        raise DatabaseAway(state or type(problem).__name__) from problem


def _says_away(problem: BaseException, state: str) -> bool:
    name = "_".join(getattr(problem, "sqlite_errorname", "").split("_")[:2])
    return state in _NO_TIME or state[:2] in _AWAY_CLASSES or name in _SQLITE_AWAY


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
