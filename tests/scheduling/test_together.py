"""Acts of different people at the same moment: one after the other, and none of them fails for it."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from scheduling.admit import enter
from scheduling.booking import Status
from scheduling.errors import InterviewOver
from scheduling.stop import stop
from scheduling.store import load_booking, load_case
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    STEENOKKERZEEL,
    agreed,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)


async def test_who_comes_in_while_a_stop_is_written_waits_and_finds_a_closed_door(
    engine: AsyncEngine, clock: FixedClock
) -> None:
    async with engine.begin() as session:
        case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
        planned = await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    clock.set(SLOT)
    is_held = asyncio.Event()

    async def stop_slowly() -> None:
        async with engine.begin() as session:
            await load_case(session, case.id)
            is_held.set()
            await asyncio.sleep(0.2)  # the officer is at the door by then
            await stop(session, clock, staff_of(STEENOKKERZEEL), case_id=case.id)

    async def come_in() -> None:
        await is_held.wait()
        async with engine.begin() as session:
            await enter(session, clock, officer_of(BRUSSELS_POST), interview_id=planned.interview.id)

    stopped, came = await asyncio.gather(stop_slowly(), come_in(), return_exceptions=True)
    assert stopped is None
    assert isinstance(came, InterviewOver)
    async with engine.connect() as session:
        assert (await load_booking(session, planned.booking.id)).status is Status.CANCELLED
