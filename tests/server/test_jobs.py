"""The jobs: what fails holds up nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from scheduling import tables
from scheduling.identifier import new_id
from server.jobs import JOBS
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def booking_of(world: World, path: str) -> dict[str, Any]:
    return (await world.rows(tables.bookings, id=last_of(path)))[0]


async def test_a_request_that_cannot_expire_holds_up_no_other(world: World) -> None:
    paths = [await world.requested() for _ in range(3)]
    bad = min(paths)  # the first of its batch
    line = {"noun": "booking", "noun_id": last_of(bad), "version": 2, "event": "booking:expired", "copy": {}}
    async with world.house.transaction() as session:  # the place of its next line is taken
        await session.execute(insert(tables.history).values(id=new_id(), at=world.house.clock(), **line))
    world.house.clock.set((await booking_of(world, bad))["starts_at"] + timedelta(days=1))
    for _ in range(2):
        await world.house.app[JOBS].run()
    statuses = {path: (await booking_of(world, path))["status"] for path in paths}
    assert statuses.pop(bad) == "requested"
    assert set(statuses.values()) == {"expired"}
