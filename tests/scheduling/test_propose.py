"""Another slot: held by who proposes it, taken only when the other side says yes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, CancelReason, Status
from scheduling.cancel import cancel
from scheduling.errors import NotForYou, NothingProposed, NotPossibleNow, SlotTaken, StandsAlready
from scheduling.propose import accept_proposal, propose, refuse_proposal, take_back
from scheduling.stop import stop
from tests.support.agreements import ask_ranked, held, told
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    VISIO_1,
    VISIO_2,
    a_supervisor,
    agreed,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
OTHER = FIRST + timedelta(days=1)
OFFICER, STAFF = officer_of(BRUSSELS_POST), staff_of(STEENOKKERZEEL)
HOUR = 12  # quanta


@pytest.fixture
async def asked(session: AsyncConnection, clock: FixedClock) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return (await ask_ranked(session, clock, case, FIRST, FIRST + timedelta(hours=2))).booking


@pytest.fixture
async def standing(session: AsyncConnection, clock: FixedClock) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return (await agreed(session, clock, (await ask(session, clock, case, FIRST)).booking)).booking


async def offered(
    session: AsyncConnection, clock: FixedClock, booking: Booking, by: Actor, at: datetime = OTHER
) -> None:
    await propose(
        session, clock, by, booking_id=booking.id, room_id=VISIO_1.id, starts_at=at, remark=" Plutôt jeudi. "
    )


async def test_a_post_answers_a_request_with_another_slot_and_the_centre_takes_it(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    await offered(session, clock, asked, OFFICER)
    assert await held(session, f"room:{VISIO_1.id}") == 3 * HOUR
    taken = await accept_proposal(session, clock, STAFF, booking_id=asked.id)
    assert (taken.status, taken.starts_at, taken.uid) == (Status.CONFIRMED, OTHER, asked.uid)
    assert await held(session, f"room:{VISIO_1.id}") == HOUR
    assert await store_wishes.proposal_of(session, asked.id) is None


async def test_a_refused_proposal_leaves_the_request_waiting_with_its_wishes(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    await offered(session, clock, asked, OFFICER)
    waiting = await refuse_proposal(session, clock, STAFF, booking_id=asked.id)
    assert waiting.status is Status.REQUESTED
    assert await held(session, f"room:{VISIO_1.id}") == 2 * HOUR


@pytest.mark.parametrize(("by", "other"), [(OFFICER, STAFF), (STAFF, OFFICER)], ids=["post", "centre"])
async def test_what_stands_stays_until_the_other_side_accepts(
    session: AsyncConnection, clock: FixedClock, standing: Booking, by: Actor, other: Actor
) -> None:
    await offered(session, clock, standing, by)
    assert (await store.load_booking(session, standing.id)).starts_at == FIRST
    assert await held(session, f"room:{VISIO_1.id}") == 2 * HOUR
    moved = await accept_proposal(session, clock, other, booking_id=standing.id)
    assert (moved.starts_at, moved.uid, moved.sequence) == (OTHER, standing.uid, standing.sequence + 1)
    assert await held(session, f"room:{VISIO_1.id}") == HOUR
    assert [each["sequence"] for each in await told(session, "booking:moved")] == [moved.sequence]


async def test_a_proposal_may_touch_the_slot_that_stands(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, STAFF, FIRST + timedelta(minutes=30))
    assert await held(session, f"room:{VISIO_1.id}") == HOUR * 3 // 2
    moved = await accept_proposal(session, clock, OFFICER, booking_id=standing.id)
    assert moved.starts_at == FIRST + timedelta(minutes=30)
    assert await held(session, f"room:{VISIO_1.id}") == HOUR


async def test_a_second_proposal_gives_the_first_ones_slot_back(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, STAFF)
    await offered(session, clock, standing, STAFF, OTHER + timedelta(days=1))
    assert await held(session, f"room:{VISIO_1.id}") == 2 * HOUR
    free = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    assert (await ask(session, clock, free, OTHER)).booking.starts_at == OTHER


async def test_a_proposal_is_taken_back_by_its_own_side_only(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, STAFF)
    with pytest.raises(NothingProposed):
        await take_back(session, clock, OFFICER, booking_id=standing.id)
    with pytest.raises(NothingProposed):
        await accept_proposal(session, clock, STAFF, booking_id=standing.id)
    await take_back(session, clock, STAFF, booking_id=standing.id)
    assert await held(session, f"room:{VISIO_1.id}") == HOUR
    with pytest.raises(NothingProposed):
        await accept_proposal(session, clock, OFFICER, booking_id=standing.id)


async def test_a_centre_withdraws_its_request_rather_than_proposing_to_itself(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    with pytest.raises(NotPossibleNow):
        await offered(session, clock, asked, STAFF)


async def test_a_slot_that_another_booking_holds_is_not_proposed(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    other = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    await ask(session, clock, other, OTHER, room=VISIO_2)
    with pytest.raises(SlotTaken) as caught:
        await offered(session, clock, standing, OFFICER)
    assert caught.value.alternatives
    assert await held(session, f"room:{VISIO_1.id}") == HOUR


async def test_a_proposal_that_passed_is_not_accepted(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, OFFICER)
    clock.set(OTHER)
    with pytest.raises(NotPossibleNow):
        await accept_proposal(session, clock, STAFF, booking_id=standing.id)


async def test_a_past_booking_is_not_proposed_elsewhere(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    clock.set(FIRST)
    with pytest.raises(NotPossibleNow):
        await offered(session, clock, standing, OFFICER)


@pytest.mark.parametrize("is_wish", [True, False], ids=["asked for", "standing"])
async def test_what_stands_or_is_asked_for_already_is_not_proposed(
    session: AsyncConnection, clock: FixedClock, asked: Booking, is_wish: bool
) -> None:
    if not is_wish:
        await agreed(session, clock, asked)
    for at in (FIRST, FIRST + timedelta(hours=2))[: 1 + is_wish]:
        with pytest.raises(StandsAlready) as caught:
            await offered(session, clock, asked, OFFICER, at)
        assert caught.value.is_wish is is_wish
    assert await told(session, "booking:proposed") == []


@pytest.mark.parametrize("answer", [accept_proposal, refuse_proposal], ids=["accept", "refuse"])
async def test_once_its_hour_has_come_a_booking_takes_no_answer_to_a_proposal(
    session: AsyncConnection, clock: FixedClock, standing: Booking, answer: Any
) -> None:
    await offered(session, clock, standing, OFFICER)
    clock.set(FIRST)
    with pytest.raises(NotPossibleNow) as caught:
        await answer(session, clock, STAFF, booking_id=standing.id)
    assert caught.value.status == "past"
    with pytest.raises(NotPossibleNow):
        await take_back(session, clock, OFFICER, booking_id=standing.id)
    assert (await store.load_booking(session, standing.id)).starts_at == FIRST


async def test_each_step_of_a_proposal_is_a_version_that_stands_where_it_stood(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, OFFICER)
    after = await refuse_proposal(session, clock, STAFF, booking_id=standing.id)
    assert (
        after
        == replace(standing, version=standing.version + 2)
        == await store.load_booking(session, after.id)
    )
    h = tables.history
    statement = select(h.c.event, h.c.copy).where(h.c.noun_id == after.id).order_by(h.c.version)
    lines = [
        (row.event, row.copy["proposal"])
        for row in await session.execute(statement)
        if "proposal" in row.copy
    ]
    assert [event for event, _ in lines] == ["booking:proposed", "booking:proposal_refused"]
    assert {(copy["side"], copy["starts_at"]) for _, copy in lines} == {("post", OTHER.isoformat())}


async def test_a_booking_that_ends_takes_its_proposal_with_it(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, OFFICER)
    await cancel(session, clock, STAFF, booking_id=standing.id, reason=CancelReason.BY_CENTRE)
    assert await held(session) == 0
    with pytest.raises(NothingProposed):
        await accept_proposal(session, clock, STAFF, booking_id=standing.id)


async def test_after_a_protection_stop_nothing_can_be_accepted(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await offered(session, clock, standing, STAFF)
    await stop(session, clock, STAFF, case_id=standing.case_id)
    with pytest.raises(NothingProposed):
        await accept_proposal(session, clock, OFFICER, booking_id=standing.id)
    with pytest.raises(NotPossibleNow):
        await offered(session, clock, standing, OFFICER)


STRANGERS = [officer_of(GHANA_POST), staff_of(ROTTERDAM), a_supervisor()]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda actor: actor.role)
async def test_only_the_two_sides_propose_and_answer(
    session: AsyncConnection, clock: FixedClock, standing: Booking, stranger: Actor
) -> None:
    with pytest.raises(NotForYou):
        await offered(session, clock, standing, stranger)
    await offered(session, clock, standing, OFFICER)
    for act in (accept_proposal, refuse_proposal, take_back):
        with pytest.raises(NotForYou):
            await act(session, clock, stranger, booking_id=standing.id)
