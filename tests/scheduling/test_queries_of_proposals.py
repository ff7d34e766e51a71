"""Other slots on the work list of whoever has to answer them, for as long as they can be accepted."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.booking import CancelReason
from scheduling.cancel import cancel
from scheduling.propose import propose, take_back
from scheduling.queries import requests_to_answer
from scheduling.queries_of_proposals import proposals_to_answer
from scheduling.stop import stop
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
    a_supervisor,
    agreed,
    an_administrator,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
OTHER = FIRST + timedelta(days=1)
OFFICER, STAFF = officer_of(BRUSSELS_POST), staff_of(STEENOKKERZEEL)
STRANGERS = [officer_of(GHANA_POST), staff_of(ROTTERDAM), a_supervisor(), an_administrator()]


async def offered(
    session: AsyncConnection, clock: FixedClock, by: Actor, *, stands: bool, at: datetime = OTHER
) -> str:
    """Propose another slot for a booking; gives its identifier."""
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, FIRST)).booking
    if stands:
        await agreed(session, clock, booking)
    await propose(session, clock, by, booking_id=booking.id, room_id=VISIO_1.id, starts_at=at)
    return booking.id


async def waiting(session: AsyncConnection, clock: FixedClock, actor: Actor) -> list[str]:
    return [row.booking.booking_id for row in await proposals_to_answer(session, actor, clock())]


@pytest.mark.parametrize(
    ("by", "other", "stands"),
    [(OFFICER, STAFF, False), (OFFICER, STAFF, True), (STAFF, OFFICER, True)],
    ids=["post, asked for", "post, standing", "centre, standing"],
)
async def test_a_proposal_waits_for_the_other_side_alone(
    session: AsyncConnection, clock: FixedClock, by: Actor, other: Actor, stands: bool
) -> None:
    booking_id = await offered(session, clock, by, stands=stands)
    (row,) = await proposals_to_answer(session, other, clock())
    assert (row.booking.booking_id, row.booking.starts_at) == (booking_id, FIRST)
    assert (row.starts_at, row.ends_at, row.room_name) == (OTHER, OTHER + timedelta(hours=1), VISIO_1.name)
    for actor in (by, *STRANGERS):
        assert await waiting(session, clock, actor) == []


async def test_a_proposal_taken_back_waits_for_nobody(session: AsyncConnection, clock: FixedClock) -> None:
    booking_id = await offered(session, clock, OFFICER, stands=True)
    await take_back(session, clock, OFFICER, booking_id=booking_id)
    assert await waiting(session, clock, STAFF) == []


async def test_a_slot_that_passed_waits_for_nobody_and_the_request_waits_for_the_post_again(
    session: AsyncConnection, clock: FixedClock
) -> None:
    earlier = FIRST - timedelta(hours=19)
    await offered(session, clock, OFFICER, stands=False, at=earlier)
    (row,) = await requests_to_answer(session, STAFF, clock())
    assert row.proposed_at == clock()
    clock.set(earlier)
    assert await waiting(session, clock, STAFF) == []
    (row,) = await requests_to_answer(session, STAFF, clock())
    assert row.proposed_at is None


async def test_once_the_hour_of_what_stands_has_come_its_proposal_waits_for_nobody(
    session: AsyncConnection, clock: FixedClock
) -> None:
    await offered(session, clock, STAFF, stands=True)
    clock.set(FIRST)
    assert await waiting(session, clock, OFFICER) == []


@pytest.mark.parametrize("how", ["stop", "cancel"])
async def test_what_ended_waits_for_nobody_however_it_ended(
    session: AsyncConnection, clock: FixedClock, how: str
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    booking = (await ask(session, clock, case, FIRST)).booking
    await agreed(session, clock, booking)
    await propose(session, clock, STAFF, booking_id=booking.id, room_id=VISIO_1.id, starts_at=OTHER)
    if how == "stop":
        await stop(session, clock, STAFF, case_id=case.id)
    else:
        await cancel(session, clock, STAFF, booking_id=booking.id, reason=CancelReason.BY_CENTRE)
    assert await waiting(session, clock, OFFICER) == []
