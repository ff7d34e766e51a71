"""Transactions: writers wait for each other, readers see one moment, and nothing half done stays."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from server.database import create_engine, session_factory


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'counts.db'}")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE counts (n INTEGER)"))
        await connection.execute(text("INSERT INTO counts VALUES (0)"))
    yield engine
    await engine.dispose()


async def test_writers_that_read_first_lose_no_update(engine: AsyncEngine) -> None:
    writing = session_factory(engine)

    async def add_one() -> None:
        async with writing.begin() as session:
            n = await session.scalar(text("SELECT n FROM counts"))
            await asyncio.sleep(0.01)
            await session.execute(text("UPDATE counts SET n = :n"), {"n": n + 1})

    await asyncio.gather(*(add_one() for _ in range(5)))
    async with session_factory(engine, writes=False)() as session:
        assert await session.scalar(text("SELECT n FROM counts")) == 5


async def test_readers_do_not_wait_for_a_writer_and_see_one_moment(engine: AsyncEngine) -> None:
    writing, reading = session_factory(engine), session_factory(engine, writes=False)
    async with writing.begin() as writer, reading() as reader:
        await writer.execute(text("UPDATE counts SET n = 7"))
        assert await reader.scalar(text("SELECT n FROM counts")) == 0
        await writer.commit()
        assert await reader.scalar(text("SELECT n FROM counts")) == 0


async def test_an_error_leaves_nothing_behind(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with session_factory(engine).begin() as session:
            await session.execute(text("UPDATE counts SET n = 9"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with session_factory(engine, writes=False)() as session:
        assert await session.scalar(text("SELECT n FROM counts")) == 0


async def test_an_error_of_the_database_shows_no_values(engine: AsyncEngine) -> None:
    async with session_factory(engine)() as session:
        with pytest.raises(OperationalError) as failure:
            await session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Awa Diallo"})
    assert "Awa" not in str(failure.value)
