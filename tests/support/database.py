"""A real database for a test: SQLite, or PostgreSQL where PARLOIR_TEST_DATABASE says so."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from enum import Enum
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from scheduling.tables import metadata
from server.database import create_engine
from server.migrations import upgrade
from tests.support.postgres import in_its_own_loop, server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
KINDS = (SQLITE, POSTGRESQL)
KIND = os.environ.get("PARLOIR_TEST_DATABASE", SQLITE)
assert KIND in KINDS, f"PARLOIR_TEST_DATABASE={KIND}"

permit = SimpleNamespace(is_given=True)  # withdrawn from tests that the second database would not repeat


class Content(Enum):
    """What a new database holds."""

    NOTHING = "nothing"
    TABLES = "every table that the rooms imported so far declare"
    MIGRATED = "what the migrations make"


@contextmanager
def new_database(file: Path, content: Content = Content.NOTHING, kind: str = KIND) -> Iterator[str]:
    """Yield the address of a new database: SQLite in `file`, or one of this process's PostgreSQL."""
    assert permit.is_given, "touches a database: name its fixture in tests/conftest.py"
    if kind == SQLITE:
        if content is not Content.NOTHING:
            file.write_bytes(_file_with(content, frozenset(metadata.tables)))
        yield _sqlite(file)
        return
    template = (
        "template0" if content is Content.NOTHING else _template_with(content, frozenset(metadata.tables))
    )
    name = server().new_database(template)
    try:
        yield _postgresql(name)
    finally:
        server().drop(name)


@contextmanager
def copied_database(address: str, original: Path, copy: Path) -> Iterator[str]:
    """Yield the address of a copy of a database that nobody uses; of SQLite, `copy` was made already."""
    if address.startswith(SQLITE):
        yield address.replace(str(original), str(copy))
        return
    name = server().new_database(make_url(address).database or "")
    try:
        yield _postgresql(name)
    finally:
        server().drop(name)


def bytes_of(address: str) -> bytes:
    """Every byte of a database's files, and of SQLite's log."""
    url = make_url(address)
    if url.drivername.startswith(SQLITE):
        file = Path(url.database or "")
        return b"".join(path.read_bytes() for path in sorted(file.parent.glob(f"{file.name}*")))
    return server().bytes_of(url.database or "")


@asynccontextmanager
async def fresh_database(folder: Path, kind: str = KIND) -> AsyncIterator[AsyncEngine]:
    """Yield the engine of a new database with every table."""
    with new_database(folder / "test.db", Content.TABLES, kind) as address:
        engine = create_engine(address)
        if engine.dialect.name == SQLITE:
            event.listen(engine.sync_engine, "connect", _hurry)
        try:
            yield engine
        finally:
            await engine.dispose()


@cache
def _file_with(content: Content, _tables: frozenset[str]) -> bytes:
    """Make it once; the cache follows what tables are known: rooms add theirs when imported."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "template.db")
        in_its_own_loop(lambda: _fill(_sqlite(file), content))
        return file.read_bytes()


@cache
def _template_with(content: Content, _tables: frozenset[str]) -> str:
    name = server().new_database()
    in_its_own_loop(lambda: _fill(_postgresql(name), content))
    return name


async def _fill(address: str, content: Content) -> None:
    engine = create_engine(address)
    try:
        if content is Content.MIGRATED:
            await upgrade(engine)
        else:
            async with engine.begin() as connection:
                await connection.run_sync(metadata.create_all)
    finally:
        await engine.dispose()


def _sqlite(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def _postgresql(name: str) -> str:
    return server().url(name).replace("postgresql:", "postgresql+asyncpg:", 1)


def _hurry(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=OFF")  # a test does not survive a power cut
    cursor.close()
