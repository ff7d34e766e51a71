"""Transactions: writers wait for each other, readers see one moment, and nothing half done stays."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from server.database import create_engine, for_reading
from tests.support.database import KIND, POSTGRESQL, new_database

counts = Table("counts", MetaData(), Column("n", Integer, nullable=False))


@asynccontextmanager
async def database(folder: Path, kind: str = KIND) -> AsyncIterator[AsyncEngine]:
    with new_database(folder / "counts.db", kind=kind) as address:
        engine = create_engine(address)
        async with engine.begin() as session:
            await session.run_sync(counts.metadata.create_all)
            await session.execute(insert(counts).values(n=0))
        yield engine
        await engine.dispose()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with database(tmp_path) as engine:
        yield engine


async def test_writers_that_read_first_lose_no_update(engine: AsyncEngine) -> None:
    async def add_one() -> None:
        async with engine.begin() as session:
            n = (await session.execute(select(counts.c.n).with_for_update())).scalar_one()
            await asyncio.sleep(0.01)
            await session.execute(update(counts).values(n=n + 1))

    await asyncio.gather(*(add_one() for _ in range(5)))
    async with for_reading(engine).connect() as session:
        assert await session.scalar(select(counts.c.n)) == 5


async def test_readers_do_not_wait_for_a_writer_and_see_one_moment(engine: AsyncEngine) -> None:
    async with engine.begin() as writer, for_reading(engine).connect() as reader:
        await writer.execute(update(counts).values(n=7))
        assert await reader.scalar(select(counts.c.n)) == 0
        await writer.commit()
        assert await reader.scalar(select(counts.c.n)) == 0


@pytest.mark.own_database
async def test_on_postgresql_readers_cannot_write_and_writers_can_on_the_same_connections(
    tmp_path: Path,
) -> None:
    async with database(tmp_path, POSTGRESQL) as engine:
        await only_writers_write(engine)


async def only_writers_write(engine: AsyncEngine) -> None:
    async with for_reading(engine).connect() as reader:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await reader.execute(update(counts).values(n=7))
    async with engine.begin() as writer:
        await writer.execute(update(counts).values(n=8))
    async with for_reading(engine).connect() as reader:
        assert await reader.scalar(select(counts.c.n)) == 8


async def test_an_error_leaves_nothing_behind(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with engine.begin() as session:
            await session.execute(update(counts).values(n=9))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with for_reading(engine).connect() as session:
        assert await session.scalar(select(counts.c.n)) == 0


async def test_a_rehearsal_leaves_nothing_behind_and_ends_its_transaction(engine: AsyncEngine) -> None:
    async with engine.begin() as session:
        await session.execute(update(counts).values(n=9))
        await session.rollback()
    async with engine.begin() as session:
        assert await session.scalar(select(counts.c.n)) == 0


async def test_an_error_of_the_database_shows_no_values(engine: AsyncEngine) -> None:
    async with engine.connect() as session:
        with pytest.raises(DBAPIError) as failure:
            await session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Awa Diallo"})
    assert "Awa" not in str(failure.value)
