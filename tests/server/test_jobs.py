"""The jobs: what fails holds up nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from scheduling import tables
from scheduling.identifier import new_id
from server.app_keys import WRITING
from server.jobs import JOBS
from server.tables import mails
from tests.support.pages import World, last_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def booking_of(world: World, path: str) -> dict[str, Any]:
    return (await world.rows(tables.bookings, id=last_of(path)))[0]


async def test_while_nothing_is_due_one_question_is_all_that_is_sent(world: World) -> None:
    jobs, engine = world.house.app[JOBS], world.house.app[WRITING].sync_engine
    await world.requested()
    await jobs.run()
    await jobs.run()  # behind the turn for which the request woke them
    sent: set[str] = set()

    def note(*words: Any) -> None:
        sent.add(words[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        await jobs.run()
        assert len(sent - {"BEGIN"}) == 1
        await world.requested()
        await jobs.run()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert any(statement.startswith("INSERT INTO mails") for statement in sent)


async def test_a_request_that_cannot_expire_holds_up_no_other(world: World) -> None:
    paths = [await world.requested() for _ in range(3)]
    bad = min(paths)  # the first of its batch
    line = {"noun": "booking", "noun_id": last_of(bad), "version": 2, "event": "booking:expired", "copy": {}}
    async with world.house.transaction() as session:  # the place of its next line is taken
        await session.execute(insert(tables.history).values(id=new_id(), at=world.house.clock(), **line))
    world.house.clock.set((await booking_of(world, bad))["starts_at"] + timedelta(days=1))
    await world.house.app[JOBS].run()
    told = {row["booking_id"] for row in await world.rows(mails, event="expired")}
    assert told & {last_of(path) for path in paths} == {last_of(path) for path in paths if path != bad}
    await world.house.app[JOBS].run()
    statuses = {path: (await booking_of(world, path))["status"] for path in paths}
    assert statuses.pop(bad) == "requested"
    assert set(statuses.values()) == {"expired"}
