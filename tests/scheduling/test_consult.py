"""A private consultation and the door of a running room: what the host may do, and to whom."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.admit import admit, enter
from scheduling.close_interview import close_interview
from scheduling.confirm import Confirmed
from scheduling.consult import begin_consultation, change_consultation, end_consultation
from scheduling.errors import (
    FieldRefused,
    GuardianStays,
    InterviewOver,
    NotForYou,
    NotPossibleNow,
    PutOut,
    RoomLocked,
)
from scheduling.guest import Guest
from scheduling.identifier import new_id
from scheduling.interview import Ending
from scheduling.keep_door import lock, remove
from scheduling.participant import Participant, ParticipantRole, Removal
from scheduling.start_interview import waive_guardian
from scheduling.store_consultations import consultations_of, running_consultation
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    ROTTERDAM,
    STEENOKKERZEEL,
    Detainee,
    a_supervisor,
    agreed,
    ask,
    detainee_at,
    minor_at,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST, OFFICER = staff_of(STEENOKKERZEEL), officer_of(BRUSSELS_POST)
ELSEWHERE = staff_of(ROTTERDAM)
PERSON, LAWYER = ParticipantRole.DETAINEE, ParticipantRole.LAWYER
GUARDIAN = ParticipantRole.GUARDIAN


class Held:
    """A running interview with a lawyer who was let in."""

    def __init__(self, planned: Confirmed, lawyer: str) -> None:
        self.id = planned.interview.id
        self.seats = {each.role: each.id for each in planned.participants} | {LAWYER: lawyer}

    async def seat(self, session: AsyncConnection, role: ParticipantRole) -> Participant:
        seats = await store.participants_of(session, self.id)
        return next(each for each in seats if each.role is role)


async def hold(session: AsyncConnection, clock: FixedClock, person: Detainee) -> Held:
    case = await person.opened(session, clock)
    planned = await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    clock.set(SLOT)
    guest = Guest(id=new_id(), booking_id=planned.booking.id, role=LAWYER, name="Maître Maes", is_agreed=True)
    await store.add(session, tables.guests, guest)
    lawyer = Participant(id=new_id(), interview_id=planned.interview.id, role=LAWYER, guest_id=guest.id)
    await store.add(session, tables.participants, lawyer)
    held = Held(planned, lawyer.id)
    for who in (HOST, OFFICER):
        await enter(session, clock, who, interview_id=held.id)
    roles = [role for role in (GUARDIAN, LAWYER, ParticipantRole.CONSULAR_OFFICER) if role in held.seats]
    for role in roles:
        await admit(session, clock, HOST, interview_id=held.id, participant_id=held.seats[role])
    return held


@pytest.fixture
async def held(session: AsyncConnection, clock: FixedClock) -> Held:
    return await hold(session, clock, detainee_at(STEENOKKERZEEL))


async def events_of(session: AsyncConnection, *nouns: str) -> list[str]:
    h = tables.history
    return list(
        await session.scalars(select(h.c.event).where(h.c.noun.in_(nouns)).order_by(h.c.at, h.c.version))
    )


async def test_who_stays_and_when_is_kept_with_its_history(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    lawyer = held.seats[LAWYER]
    begun = await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[lawyer, lawyer])
    assert begun.stays == (held.seats[PERSON], lawyer)
    assert await running_consultation(session, held.id) == begun
    clock.advance(minutes=5)
    ended = await end_consultation(session, clock, HOST, interview_id=held.id)
    assert ended.ended_at == clock()
    assert await running_consultation(session, held.id) is None
    assert await events_of(session, "consultation") == ["consultation:started", "consultation:ended"]


async def test_the_person_may_stay_with_whoever_sits_beside_them(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    begun = await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    assert begun.stays == (held.seats[PERSON],)


@pytest.mark.parametrize(
    "role", [ParticipantRole.CONSULAR_OFFICER, ParticipantRole.CENTRE_HOST, ParticipantRole.DETAINEE]
)
async def test_nobody_of_an_authority_stays(
    session: AsyncConnection, clock: FixedClock, held: Held, role: ParticipantRole
) -> None:
    with pytest.raises(FieldRefused):
        await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[held.seats[role]])


async def test_who_was_put_out_or_is_unknown_does_not_stay(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    await put_out(session, clock, held)
    for somebody in (held.seats[LAWYER], new_id()):
        with pytest.raises(FieldRefused):
            await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[somebody])


async def test_one_consultation_runs_at_a_time_and_only_its_own_centre_decides(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    with pytest.raises(NotPossibleNow):
        await end_consultation(session, clock, HOST, interview_id=held.id)
    for stranger in (OFFICER, ELSEWHERE):
        with pytest.raises(NotForYou):
            await begin_consultation(session, clock, stranger, interview_id=held.id, chosen=[])
    await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    with pytest.raises(NotPossibleNow):
        await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    with pytest.raises(NotForYou):
        await end_consultation(session, clock, OFFICER, interview_id=held.id)


async def test_who_stays_changes_while_it_runs_and_each_stretch_is_declared(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    person, lawyer = held.seats[PERSON], held.seats[LAWYER]
    with pytest.raises(NotPossibleNow):
        await change_consultation(session, clock, HOST, interview_id=held.id, chosen=[lawyer])
    begun = await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    assert await change_consultation(session, clock, HOST, interview_id=held.id, chosen=[]) == begun
    clock.advance(minutes=2)
    added = await change_consultation(session, clock, HOST, interview_id=held.id, chosen=[lawyer])
    assert await running_consultation(session, held.id) == added
    clock.advance(minutes=3)
    await change_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    first, second, third = await consultations_of(session, held.id)
    assert [each.stays for each in (first, second, third)] == [(person,), (person, lawyer), (person,)]
    assert (first.ended_at, second.ended_at) == (second.started_at, third.started_at)
    assert third.ended_at is None


@pytest.mark.parametrize("role", [ParticipantRole.CONSULAR_OFFICER, ParticipantRole.CENTRE_HOST])
async def test_nobody_of_an_authority_is_added_and_nobody_else_changes_it(
    session: AsyncConnection, clock: FixedClock, held: Held, role: ParticipantRole
) -> None:
    await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[])
    with pytest.raises(FieldRefused):
        await change_consultation(session, clock, HOST, interview_id=held.id, chosen=[held.seats[role]])
    for stranger in (OFFICER, ELSEWHERE):
        with pytest.raises(NotForYou):
            await change_consultation(session, clock, stranger, interview_id=held.id, chosen=[])


async def test_before_it_began_and_after_it_ended_an_interview_has_no_consultation(
    session: AsyncConnection, clock: FixedClock
) -> None:
    case = await detainee_at(STEENOKKERZEEL).opened(session, clock)
    planned = await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    interview_id = planned.interview.id
    with pytest.raises(NotPossibleNow):
        await begin_consultation(session, clock, HOST, interview_id=interview_id, chosen=[])
    clock.set(SLOT)
    await close_interview(session, clock, HOST, interview_id=interview_id, ending=Ending.PERSON_ABSENT)
    with pytest.raises(InterviewOver):
        await begin_consultation(session, clock, HOST, interview_id=interview_id, chosen=[])


async def put_out(session: AsyncConnection, clock: FixedClock, held: Held) -> Participant:
    reason = Removal.DISTURBS
    return await remove(
        session, clock, HOST, interview_id=held.id, participant_id=held.seats[LAWYER], reason=reason
    )


async def test_who_was_put_out_is_admitted_anew_or_stays_out(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    first = (await held.seat(session, LAWYER)).admitted_at
    clock.advance(minutes=3)
    gone = await put_out(session, clock, held)
    assert (gone.removed_at, gone.removal, gone.is_admitted) == (clock(), Removal.DISTURBS, False)
    assert await put_out(session, clock, held) == gone
    clock.advance(minutes=1)
    await admit(session, clock, HOST, interview_id=held.id, participant_id=held.seats[LAWYER])
    back = await held.seat(session, LAWYER)
    assert (back.removed_at, back.removal, back.admitted_at, back.is_admitted) == (None, None, first, True)
    assert (await events_of(session, "participant"))[-2:] == ["participant:removed", "participant:readmitted"]


async def test_who_was_put_out_of_a_private_consultation_comes_back_once_it_has_ended(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    lawyer = held.seats[LAWYER]
    await begin_consultation(session, clock, HOST, interview_id=held.id, chosen=[lawyer])
    await put_out(session, clock, held)
    with pytest.raises(NotPossibleNow):
        await admit(session, clock, HOST, interview_id=held.id, participant_id=lawyer)
    await end_consultation(session, clock, HOST, interview_id=held.id)
    assert (await admit(session, clock, HOST, interview_id=held.id, participant_id=lawyer)).is_admitted


async def test_a_seat_whose_person_was_put_out_takes_nobody(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    officer = await held.seat(session, ParticipantRole.CONSULAR_OFFICER)
    gone = officer.removed(Removal.NOT_EXPECTED, at=clock())
    await store.save(session, tables.participants, gone)
    with pytest.raises(PutOut):
        await enter(session, clock, OFFICER, interview_id=held.id)


@pytest.mark.parametrize("role", [PERSON, ParticipantRole.CONSULAR_OFFICER, ParticipantRole.CENTRE_HOST])
async def test_neither_side_of_the_interview_is_put_out(
    session: AsyncConnection, clock: FixedClock, held: Held, role: ParticipantRole
) -> None:
    wish = {"interview_id": held.id, "participant_id": held.seats[role], "reason": Removal.NOT_NEEDED}
    with pytest.raises(FieldRefused):
        await remove(session, clock, HOST, **wish)  # type: ignore[arg-type]
    with pytest.raises(NotForYou):
        await remove(session, clock, OFFICER, **wish)  # type: ignore[arg-type]


async def test_a_minor_is_not_left_without_the_guardian(session: AsyncConnection, clock: FixedClock) -> None:
    held = await hold(session, clock, minor_at(STEENOKKERZEEL))
    wish = {"interview_id": held.id, "participant_id": held.seats[GUARDIAN], "reason": Removal.PERSON_OBJECTS}
    with pytest.raises(GuardianStays):
        await remove(session, clock, HOST, **wish)  # type: ignore[arg-type]
    await waive_guardian(session, clock, a_supervisor(), interview_id=held.id, reason="A second one comes")
    assert not (await remove(session, clock, HOST, **wish)).is_admitted  # type: ignore[arg-type]


async def test_through_a_locked_door_nobody_new_comes(
    session: AsyncConnection, clock: FixedClock, held: Held
) -> None:
    await put_out(session, clock, held)
    with pytest.raises(NotForYou):
        await lock(session, clock, OFFICER, interview_id=held.id, is_locked=True)
    locked = await lock(session, clock, HOST, interview_id=held.id, is_locked=True)
    assert await lock(session, clock, HOST, interview_id=held.id, is_locked=True) == locked
    with pytest.raises(RoomLocked):
        await admit(session, clock, HOST, interview_id=held.id, participant_id=held.seats[LAWYER])
    inside = held.seats[ParticipantRole.CONSULAR_OFFICER]
    await admit(session, clock, HOST, interview_id=held.id, participant_id=inside)
    await lock(session, clock, HOST, interview_id=held.id, is_locked=False)
    await admit(session, clock, HOST, interview_id=held.id, participant_id=held.seats[LAWYER])
    assert (await events_of(session, "interview"))[-2:] == ["interview:locked", "interview:unlocked"]
