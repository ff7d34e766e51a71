"""Asking the host for a pause: who may, how often, and what counts as an answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.ask_pause import ask_pause, decline_pause
from scheduling.consult import begin_consultation
from scheduling.errors import AskedAlready, NotForYou, NotPossibleNow
from scheduling.participant import ParticipantRole
from scheduling.pause_wish import ASKED_EVENT, DECLINED_EVENT, PauseWish, WishAnswer, pause_wishes
from tests.scheduling.test_consult import ELSEWHERE, HOST, LAWYER, OFFICER, Held, hold, put_out
from tests.support.clock import FixedClock
from tests.support.people import STEENOKKERZEEL, detainee_at

NOON = datetime(2026, 9, 21, 10, 0, tzinfo=UTC)
OFFICERS = ParticipantRole.CONSULAR_OFFICER


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("happened", "pauses", "answer"),
    [
        ([(1, ASKED_EVENT)], [], WishAnswer.ASKED),
        ([(1, ASKED_EVENT)], [0], WishAnswer.ASKED),
        ([(1, ASKED_EVENT)], [2], WishAnswer.GRANTED),
        ([(1, ASKED_EVENT), (2, DECLINED_EVENT)], [], WishAnswer.DECLINED),
        ([(2, ASKED_EVENT), (4, DECLINED_EVENT)], [3], WishAnswer.DECLINED),
        ([(1, ASKED_EVENT), (2, DECLINED_EVENT)], [3], WishAnswer.GRANTED),
        ([(1, ASKED_EVENT), (2, DECLINED_EVENT), (4, ASKED_EVENT)], [3], WishAnswer.ASKED),
    ],
)
def test_what_came_of_it(happened: list[tuple[int, str]], pauses: list[int], answer: WishAnswer) -> None:
    told = [(at(minute), event, "lawyer") for minute, event in happened]
    last = max(minute for minute, event in happened if event == ASKED_EVENT)
    noise = [(NOON, "interview:locked", None), (NOON, "participant:removed", "lawyer")]
    wishes = pause_wishes([*noise, *told], [at(minute) for minute in pauses])
    assert wishes == (PauseWish("lawyer", at(last), answer),)


@pytest.fixture
async def held(session: AsyncConnection, clock: FixedClock) -> Held:
    return await hold(session, clock, detainee_at(STEENOKKERZEEL))


async def wish(session: AsyncConnection, clock: FixedClock, held: Held, role: ParticipantRole) -> None:
    seat = held.seats[role]
    await ask_pause(session, clock, OFFICER, interview_id=held.id, participant_id=seat)


async def test_officer_and_lawyer_ask_once_a_minute(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    for role in (OFFICERS, LAWYER):
        await wish(session, clock, held, role)
    clock.advance(seconds=59)
    with pytest.raises(AskedAlready):
        await wish(session, clock, held, LAWYER)
    clock.advance(seconds=1)
    await wish(session, clock, held, LAWYER)
    h = tables.history
    asked = (await session.scalars(select(h.c.noun_id).where(h.c.event == ASKED_EVENT))).all()
    assert sorted(asked) == sorted([held.seats[OFFICERS], *[held.seats[LAWYER]] * 2])


@pytest.mark.parametrize("role", [ParticipantRole.DETAINEE, ParticipantRole.CENTRE_HOST])
async def test_nobody_asks_who_decides_it(
    session: AsyncConnection, clock: FixedClock, held: Held, role: ParticipantRole
) -> None:
    with pytest.raises(NotForYou):
        await wish(session, clock, held, role)


async def test_who_was_put_out_asks_for_nothing(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    await put_out(session, clock, held)
    with pytest.raises(NotForYou):
        await wish(session, clock, held, LAWYER)


async def test_in_a_private_consultation_there_is_nothing_to_ask(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    with pytest.raises(NotPossibleNow):
        await wish(session, clock, held, OFFICERS)


async def test_only_its_own_centre_says_no(session: AsyncConnection, clock: FixedClock, held: Held) -> None:
    seats = [held.seats[LAWYER]]
    for stranger in (OFFICER, ELSEWHERE):
        with pytest.raises(NotForYou):
            await decline_pause(session, clock, stranger, interview_id=held.id, participant_ids=seats)
    await decline_pause(session, clock, HOST, interview_id=held.id, participant_ids=seats)
    h = tables.history
    assert (await session.scalars(select(h.c.noun_id).where(h.c.event == DECLINED_EVENT))).all() == seats
