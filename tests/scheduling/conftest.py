"""A seeded world on a real database for every test of this room that asks for one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from tests.support.clock import FixedClock
from tests.support.database import fresh_database
from tests.support.people import seed


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def engine(tmp_path: Path, clock: FixedClock) -> AsyncIterator[AsyncEngine]:
    async with fresh_database(tmp_path) as engine:
        async with engine.begin() as session:
            await seed(session, clock)
        yield engine


@pytest.fixture
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as session:
        yield session
