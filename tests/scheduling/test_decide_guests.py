"""Guests of an interview that was agreed without a word on them: the post says later who attends."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, store_wishes, tables
from scheduling.actor import Actor
from scheduling.booking import Booking
from scheduling.decide_guests import decide_guests
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.guest import Guest, Invited
from scheduling.participant import ParticipantRole
from scheduling.propose import accept_proposal, propose
from scheduling.stop import stop
from tests.support.agreements import ask_ranked, told
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    STEENOKKERZEEL,
    VISIO_1,
    a_supervisor,
    detainee_at,
    officer_of,
    staff_of,
)

FIRST = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
OTHER = FIRST + timedelta(days=1)
OFFICER, STAFF = officer_of(BRUSSELS_POST), staff_of(STEENOKKERZEEL)
LAWYER = Invited(role=ParticipantRole.LAWYER, name="Maître Lambert", email="lambert@example.org")
LIAISON = Invited(role=ParticipantRole.LIAISON_OFFICER, name="Jan Claes", email="claes@example.org")
GUARDIAN = Invited(role=ParticipantRole.GUARDIAN, name="Claire Peeters", telephone="+32 2 000 00 00")


@pytest.fixture
async def asked(session: AsyncConnection, clock: FixedClock) -> Booking:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    guests = [LAWYER, LIAISON, GUARDIAN]
    booking = (await ask_ranked(session, clock, case, FIRST, invited=guests)).booking
    await propose(session, clock, OFFICER, booking_id=booking.id, room_id=VISIO_1.id, starts_at=OTHER)
    return booking


@pytest.fixture
async def standing(session: AsyncConnection, clock: FixedClock, asked: Booking) -> Booking:
    return await accept_proposal(session, clock, STAFF, booking_id=asked.id)


async def guests(session: AsyncConnection, booking: Booking) -> dict[ParticipantRole, Guest]:
    return {each.role: each for each in await store_wishes.guests_of(session, booking.id)}


async def seated(session: AsyncConnection, booking: Booking) -> list[str]:
    """The names of the guests who have a seat."""
    interview = await store.interview_of(session, booking.id)
    assert interview
    return [each.name for each in await store.participants_of(session, interview.id) if each.guest_id]


async def test_whom_the_post_agrees_to_later_has_a_seat_and_the_others_have_none(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    before = await guests(session, standing)
    assert await seated(session, standing) == [GUARDIAN.name]
    lawyer = before[ParticipantRole.LAWYER].id
    decided = await decide_guests(
        session, clock, OFFICER, booking_id=standing.id, agreed_guests=frozenset({lawyer})
    )
    after = await guests(session, standing)
    assert {role: each.is_agreed for role, each in after.items()} == {
        ParticipantRole.LAWYER: True,
        ParticipantRole.LIAISON_OFFICER: False,
        ParticipantRole.GUARDIAN: True,
    }
    assert sorted(await seated(session, standing)) == sorted([GUARDIAN.name, LAWYER.name])
    assert decided == await store.load_booking(session, standing.id)
    assert (decided.uid, decided.placed) == (standing.uid, standing.placed)
    assert decided.sequence == standing.sequence + 1


async def test_the_decision_is_told_once_and_stays_in_the_history(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    decided = await decide_guests(session, clock, OFFICER, booking_id=standing.id)
    payload = {"booking_id": standing.id, "sequence": decided.sequence}
    assert await told(session, "booking:guests_decided") == [payload]
    h = tables.history
    line = select(h.c.version).where(h.c.noun_id == standing.id, h.c.event == "booking:guests_decided")
    assert (await session.execute(line)).scalars().all() == [decided.version]


async def test_what_was_said_once_stands(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await decide_guests(session, clock, OFFICER, booking_id=standing.id)
    everybody = frozenset(each.id for each in (await guests(session, standing)).values())
    with pytest.raises(FieldRefused):
        await decide_guests(session, clock, OFFICER, booking_id=standing.id, agreed_guests=everybody)
    assert await seated(session, standing) == [GUARDIAN.name]


@pytest.mark.parametrize(
    "stranger", [STAFF, officer_of(GHANA_POST), a_supervisor()], ids=lambda who: who.role
)
async def test_only_the_post_says_who_attends(
    session: AsyncConnection, clock: FixedClock, standing: Booking, stranger: Actor
) -> None:
    with pytest.raises(NotForYou):
        await decide_guests(session, clock, stranger, booking_id=standing.id)


async def test_guests_of_a_request_are_decided_with_its_answer(
    session: AsyncConnection, clock: FixedClock, asked: Booking
) -> None:
    with pytest.raises(NotPossibleNow) as caught:
        await decide_guests(session, clock, OFFICER, booking_id=asked.id)
    assert caught.value.status == "requested"


async def test_once_its_hour_has_come_nobody_is_added(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    clock.set(standing.starts_at)
    with pytest.raises(NotPossibleNow) as caught:
        await decide_guests(session, clock, OFFICER, booking_id=standing.id)
    assert caught.value.status == "past"


async def test_after_a_protection_stop_it_is_a_cancelled_interview_like_any_other(
    session: AsyncConnection, clock: FixedClock, standing: Booking
) -> None:
    await stop(session, clock, STAFF, case_id=standing.case_id)
    with pytest.raises(NotPossibleNow) as caught:
        await decide_guests(session, clock, OFFICER, booking_id=standing.id)
    assert caught.value.status == "cancelled"
    assert await told(session, "booking:guests_decided") == []
