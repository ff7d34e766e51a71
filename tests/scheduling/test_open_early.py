"""An interview is opened long before its hour only once its host has confirmed it, and the record says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.admission import OPENS_BEFORE
from scheduling.admit import admit, enter
from scheduling.begin_off_line import begin_off_line
from scheduling.booking import Modality, Status
from scheduling.close_interview import close_interview
from scheduling.confirm import Confirmed
from scheduling.errors import ChangedMeanwhile, EarlyUnconfirmed, NotForYou, NotPossibleNow
from scheduling.interview import Ending
from scheduling.open_early import open_early
from scheduling.participant import ParticipantRole
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    a_supervisor,
    agreed,
    ask,
    detainee_at,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST, OFFICER = staff_of(STEENOKKERZEEL), officer_of(BRUSSELS_POST)
MOMENT = timedelta(seconds=1)


async def planned(
    session: AsyncConnection, clock: FixedClock, modality: Modality = Modality.VIDEO
) -> Confirmed:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    return await agreed(session, clock, (await ask(session, clock, case, SLOT, modality=modality)).booking)


async def opened(
    session: AsyncConnection, clock: FixedClock, interview_id: str, starts_at: datetime = SLOT
) -> None:
    await open_early(session, clock, HOST, interview_id=interview_id, starts_at=starts_at)


async def history_of(session: AsyncConnection, interview_id: str) -> list[str]:
    h = tables.history
    statement = select(h.c.event).where(h.c.noun_id == interview_id).order_by(h.c.version)
    return list(await session.scalars(statement))


async def test_the_host_of_another_day_is_refused_until_they_say_that_it_is_meant(
    session: AsyncConnection, clock: FixedClock
) -> None:
    interview_id = (await planned(session, clock)).interview.id
    clock.set(SLOT - OPENS_BEFORE - MOMENT)
    with pytest.raises(EarlyUnconfirmed):
        await enter(session, clock, HOST, interview_id=interview_id)
    assert await history_of(session, interview_id) == ["interview:planned"]
    await opened(session, clock, interview_id)
    assert (await enter(session, clock, HOST, interview_id=interview_id)).is_admitted
    assert await history_of(session, interview_id) == ["interview:planned", "interview:opened_early"]
    acts = select(tables.audit.c.account_id).where(tables.audit.c.act == "open_early")
    assert list(await session.scalars(acts)) == [HOST.account_id]


async def test_within_the_hour_nobody_is_asked_and_nothing_is_noted(
    session: AsyncConnection, clock: FixedClock
) -> None:
    interview_id = (await planned(session, clock)).interview.id
    clock.set(SLOT - OPENS_BEFORE)
    await opened(session, clock, interview_id)
    assert await history_of(session, interview_id) == ["interview:planned"]
    assert (await enter(session, clock, HOST, interview_id=interview_id)).is_admitted


async def test_no_other_way_begins_it_early(session: AsyncConnection, clock: FixedClock) -> None:
    made = await planned(session, clock)
    waiting = await enter(session, clock, OFFICER, interview_id=made.interview.id)
    ids = {"interview_id": made.interview.id, "participant_id": waiting.participant.id}
    with pytest.raises(EarlyUnconfirmed):
        await admit(session, clock, HOST, **ids)
    await opened(session, clock, made.interview.id)
    assert (await admit(session, clock, HOST, **ids)).interview.is_running


async def test_nobody_ends_long_before_its_hour_what_never_began(
    session: AsyncConnection, clock: FixedClock
) -> None:
    interview_id = (await planned(session, clock)).interview.id
    for who, ending in ((HOST, Ending.PERSON_ABSENT), (OFFICER, Ending.TECHNICAL_FAILURE)):
        with pytest.raises(NotPossibleNow):
            await close_interview(session, clock, who, interview_id=interview_id, ending=ending)
    clock.set(SLOT - OPENS_BEFORE)
    closed = await close_interview(
        session, clock, HOST, interview_id=interview_id, ending=Ending.PERSON_ABSENT
    )
    assert closed.interview.is_over


async def test_a_conversation_by_telephone_begins_early_only_when_it_is_meant(
    session: AsyncConnection, clock: FixedClock
) -> None:
    made = await planned(session, clock, Modality.TELEPHONE)
    officer = next(each for each in made.participants if each.role is ParticipantRole.CONSULAR_OFFICER)
    interview_id, there = made.interview.id, frozenset({officer.id})
    with pytest.raises(EarlyUnconfirmed):
        await begin_off_line(session, clock, HOST, interview_id=interview_id, present=there)
    assert (await store.load_booking(session, made.booking.id)).status is Status.CONFIRMED
    await opened(session, clock, made.interview.id)
    assert (await begin_off_line(session, clock, HOST, interview_id=interview_id, present=there)).is_running


async def test_it_is_said_of_the_start_that_was_shown_and_of_no_other(
    session: AsyncConnection, clock: FixedClock
) -> None:
    made = await planned(session, clock)
    with pytest.raises(ChangedMeanwhile):
        await opened(session, clock, made.interview.id, SLOT + timedelta(hours=1))
    await opened(session, clock, made.interview.id)
    later = made.booking.starts_at + timedelta(days=1)
    booking = await store.load_booking(session, made.booking.id)
    moved = replace(booking, starts_at=later, ends_at=later + timedelta(hours=1), version=booking.version + 1)
    await store.save(session, tables.bookings, moved)
    with pytest.raises(EarlyUnconfirmed):
        await enter(session, clock, HOST, interview_id=made.interview.id)


@pytest.mark.parametrize("other", [OFFICER, staff_of(ROTTERDAM), a_supervisor()], ids=lambda who: who.role)
async def test_nobody_but_its_host_opens_it(
    session: AsyncConnection, clock: FixedClock, other: Actor
) -> None:
    made = await planned(session, clock)
    with pytest.raises(NotForYou):
        await open_early(session, clock, other, interview_id=made.interview.id, starts_at=SLOT)
