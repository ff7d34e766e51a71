"""After a sealing: what the database itself still keeps of the destroyed key and texts is let go.

SQLite folds its log away and, with `secure_delete`, keeps nothing. PostgreSQL leaves old versions of rows in
its files until something else takes their place; the table of the wrapped keys is written anew without them,
and without its key an old version of a text is noise. See `server/decisions/0006-two-databases.md`.
"""

import asyncio

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from recordings.tables import working_copies

_AGAIN_SECONDS = 0.05
_WRITE_ANEW = text(f"VACUUM (FULL, SKIP_LOCKED) {working_copies.name}")
_FILE = text(f"SELECT pg_relation_filenode('{working_copies.name}')")
# Whoever looks at the moment before the newest change of the table keeps its old versions alive.
_HELD_BACK = text(
    "SELECT count(*) FROM pg_stat_activity"  # noqa: S608 - a name of our own
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    f" AND age(backend_xmin) >= (SELECT min(age(xmin)) FROM {working_copies.name})"
)


async def leave_no_trace(engine: AsyncEngine, *, wait_seconds: float = 2) -> bool:
    """Leave no old page from which a destroyed text could be read.

    For after the commit of a sealing, outside a transaction. False when a reader holds old pages back:
    call it again later.
    """
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            return await connection.run_sync(_fold_log, wait_seconds)
    outside = engine.execution_options(isolation_level="AUTOCOMMIT")
    async with outside.connect() as connection:
        ends_at = asyncio.get_running_loop().time() + wait_seconds
        while not (is_done := await _is_written_anew(connection)):
            if asyncio.get_running_loop().time() >= ends_at:
                break
            await asyncio.sleep(_AGAIN_SECONDS)
    return is_done


async def _is_written_anew(connection: AsyncConnection) -> bool:
    """Try it once, without waiting for anybody: whoever waits for this lock stops all who come after."""
    if await connection.scalar(_HELD_BACK):
        return False
    before = await connection.scalar(_FILE)
    await connection.execute(_WRITE_ANEW)
    return bool(await connection.scalar(_FILE) != before)


def _fold_log(connection: Connection, wait_seconds: float) -> bool:
    cursor = connection.connection.cursor()  # a statement of SQLAlchemy would begin a transaction first
    cursor.execute("PRAGMA busy_timeout")
    usual = cursor.fetchone()
    cursor.execute(f"PRAGMA busy_timeout={round(wait_seconds * 1000)}")
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    row = cursor.fetchone()
    cursor.execute(f"PRAGMA busy_timeout={usual[0] if usual else 0}")
    cursor.close()
    return row is not None and row[0] == 0
