"""Guests without an account: when they come in, and that their own yes alone lets them be recorded."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor, Role
from scheduling.admission import OPENS_BEFORE
from scheduling.admit import admit, enter
from scheduling.attend import depart, join
from scheduling.confirm import Confirmed
from scheduling.errors import FieldRefused, InterviewOver, NotForYou, NotPossibleNow, TooEarly
from scheduling.guest import Guest
from scheduling.guest_answer import ASKED, GuestAnswer, answer_at_door, guest_answers, not_to_record
from scheduling.identifier import new_id
from scheduling.participant import NEVER_RECORDED, Participant, ParticipantRole
from scheduling.stop import stop
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    STEENOKKERZEEL,
    agreed,
    ask,
    detainee_at,
    meant_early,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST, OFFICER = staff_of(STEENOKKERZEEL), officer_of(BRUSSELS_POST)
INTERPRETER, LAWYER = ParticipantRole.INTERPRETER, ParticipantRole.LAWYER


@pytest.fixture
async def planned(session: AsyncConnection, clock: FixedClock) -> Confirmed:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    made = await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    clock.set(SLOT)
    return made


async def seated(session: AsyncConnection, planned: Confirmed, role: ParticipantRole = INTERPRETER) -> Actor:
    """A guest as their link makes them: known by their seat alone."""
    guest = Guest(id=new_id(), booking_id=planned.booking.id, role=role, name="A. Bah", is_agreed=True)
    await store.add(session, tables.guests, guest)
    seat = Participant(id=new_id(), interview_id=planned.interview.id, role=role, guest_id=guest.id)
    await store.add(session, tables.participants, seat)
    return Actor(seat.id, Role.GUEST, "", guest.name)


async def say(
    session: AsyncConnection, clock: FixedClock, who: Actor, planned: Confirmed, *, agrees: bool
) -> GuestAnswer:
    wish = {"interview_id": planned.interview.id, "language": "fr", "text_version": "2026-1"}
    return await answer_at_door(session, clock, who, agrees=agrees, **wish)


async def test_a_guest_waits_and_takes_no_account_s_seat(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    entry = await enter(session, clock, guest, interview_id=planned.interview.id)
    assert (entry.participant.id, entry.is_admitted) == (guest.account_id, False)
    assert entry.participant.account_id is None
    await enter(session, clock, HOST, interview_id=planned.interview.id)
    wish = {"interview_id": planned.interview.id, "participant_id": guest.account_id}
    await admit(session, clock, HOST, **wish)
    assert (await enter(session, clock, guest, interview_id=planned.interview.id)).is_admitted


async def test_a_guest_of_another_interview_finds_no_seat(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    case = await detainee_at(STEENOKKERZEEL, family_name="Bah").opened(session, clock)
    later = SLOT + timedelta(days=2)
    other = await agreed(session, clock, (await ask(session, clock, case, later)).booking)
    guest = await seated(session, other)
    with pytest.raises(NotForYou):
        await enter(session, clock, guest, interview_id=planned.interview.id)
    with pytest.raises(NotForYou):
        await say(session, clock, guest, planned, agrees=True)


async def test_a_guest_comes_early_once_the_host_has_said_that_it_is_meant(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    clock.set(SLOT - timedelta(days=2))
    with pytest.raises(TooEarly):
        await enter(session, clock, guest, interview_id=planned.interview.id)
    await meant_early(session, clock, HOST, planned.interview.id)
    came = await enter(session, clock, guest, interview_id=planned.interview.id)
    assert not came.is_admitted


async def test_before_the_waiting_room_opens_no_guest_comes_and_both_sides_do(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    clock.set(SLOT - OPENS_BEFORE - timedelta(seconds=1))
    with pytest.raises(TooEarly):
        await enter(session, clock, guest, interview_id=planned.interview.id)
    await meant_early(session, clock, HOST, planned.interview.id)
    for who in (HOST, OFFICER):
        await enter(session, clock, who, interview_id=planned.interview.id)
    officer = next(each for each in planned.participants if each.role is ParticipantRole.CONSULAR_OFFICER)
    await admit(session, clock, HOST, interview_id=planned.interview.id, participant_id=officer.id)
    await enter(session, clock, guest, interview_id=planned.interview.id)  # it began early


async def test_the_newest_answer_counts_and_the_earlier_ones_stand(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    for agrees in (True, False):
        clock.advance(minutes=1)
        said = await say(session, clock, guest, planned, agrees=agrees)
    assert await guest_answers(session, planned.interview.id) == {guest.account_id: said}
    rows = (await session.execute(select(tables.guest_answers.c.agrees))).scalars().all()
    assert sorted(rows) == [False, True]


async def test_two_answers_of_one_moment_count_as_a_no(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    for agrees in (False, True):
        await say(session, clock, guest, planned, agrees=agrees)
    assert not (await guest_answers(session, planned.interview.id))[guest.account_id].agrees


async def test_who_is_inside_answers_no_more_until_they_have_left(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    where = {"interview_id": planned.interview.id, "participant_id": guest.account_id}
    await join(session, clock, **where)
    with pytest.raises(NotPossibleNow):
        await say(session, clock, guest, planned, agrees=True)
    await depart(session, clock, **where)
    assert (await say(session, clock, guest, planned, agrees=True)).agrees


@pytest.mark.parametrize("who", [HOST, OFFICER], ids=lambda who: who.role)
async def test_nobody_answers_for_a_guest(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed, who: Actor
) -> None:
    with pytest.raises(NotForYou):
        await say(session, clock, who, planned, agrees=True)


async def test_of_whom_nothing_is_recorded_nobody_asks(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    with pytest.raises(FieldRefused):
        await say(session, clock, await seated(session, planned, LAWYER), planned, agrees=True)
    assert not ASKED & NEVER_RECORDED


async def test_after_a_stop_a_guest_finds_an_interview_that_is_over(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    guest = await seated(session, planned)
    await stop(session, clock, HOST, case_id=planned.booking.case_id)
    for act in (
        say(session, clock, guest, planned, agrees=True),
        enter(session, clock, guest, interview_id=planned.interview.id),
    ):
        with pytest.raises(InterviewOver):
            await act


def test_only_a_guest_s_own_yes_lets_them_be_recorded() -> None:
    seats = [("p", "detainee"), ("o", "consular_officer"), ("l", "lawyer"), ("i", "interpreter")]
    seats += [("g", "guardian"), ("h", "centre_host"), ("x", "liaison_officer"), ("b", "observer")]
    assert not_to_record(seats, []) == {"i", "g", "x"}
    assert not_to_record(seats, ["g", "x"]) == {"i"}
