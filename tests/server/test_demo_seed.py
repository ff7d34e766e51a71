"""The world that a demonstration begins with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import Status
from scheduling.case import Document
from scheduling.queries_of_proposals import proposals_to_answer
from server.demo.bookings import seed_bookings
from server.demo.seed import seed_world
from tests.support.clock import FixedClock
from tests.support.database import fresh_database


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[AsyncConnection]:
    async with fresh_database(tmp_path) as engine, engine.connect() as session:
        yield session


async def test_presentation_sets_are_whole_begun_and_absent(session: AsyncConnection) -> None:
    await seed_world(session, FixedClock()())
    sets = {len(parts) for parts in await session.scalars(select(tables.cases.c.presentation))}
    assert {0, len(Document)} < sets


async def test_a_slot_is_proposed_to_either_side(session: AsyncConnection) -> None:
    now = FixedClock()()
    seeded = await seed_world(session, now)
    await seed_bookings(session, seeded, now)
    for who, status in (
        (seeded.staff_of("steenokkerzeel"), Status.REQUESTED),
        (seeded.officer_of("kinshasa"), Status.CONFIRMED),
    ):
        (row,) = await proposals_to_answer(session, who, now)
        assert row.booking.status is status
    assert not await proposals_to_answer(session, seeded.officer_of("conakry"), now)


async def test_public_holidays_are_no_closures_as_well(session: AsyncConnection) -> None:
    await seed_world(session, FixedClock()())
    assert not (await session.execute(select(tables.closures))).all()
