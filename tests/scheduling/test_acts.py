"""The interview itself: who comes in, when it begins, what is noted, how it ends."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.admit import admit, enter
from scheduling.attend import depart, join
from scheduling.booking import CancelReason, Status
from scheduling.cancel import cancel
from scheduling.close_interview import close_interview
from scheduling.confirm import Confirmed
from scheduling.errors import (
    FieldRefused,
    GuardianMissing,
    HostNotIn,
    InterviewOver,
    NobodyWaits,
    NotForYou,
    NotPossibleNow,
    SeatOfAnother,
)
from scheduling.give_notice import give_notice, record_consent, why_not_recorded
from scheduling.interview import Ending, RecordingRefusal
from scheduling.mark_check import mark_check
from scheduling.participant import Attendance, LineQuality, Participant, ParticipantRole
from scheduling.start_interview import start_interview, waive_guardian
from tests.support.clock import FixedClock
from tests.support.people import (
    BRUSSELS_POST,
    GHANA_POST,
    KAMER_1,
    ROTTERDAM,
    STEENOKKERZEEL,
    Detainee,
    a_supervisor,
    agreed,
    an_administrator,
    ask,
    detainee_at,
    meant_early,
    minor_at,
    officer_of,
    staff_of,
)

SLOT = datetime(2026, 9, 23, 8, 0, tzinfo=UTC)
HOST = staff_of(STEENOKKERZEEL)
OFFICER = officer_of(BRUSSELS_POST)

TEXT = "2026-1"


async def planned_for(session: AsyncConnection, clock: FixedClock, person: Detainee) -> Confirmed:
    case = await person.opened(session, clock)
    confirmed = await agreed(session, clock, (await ask(session, clock, case, SLOT)).booking)
    clock.set(SLOT)
    return confirmed


@pytest.fixture
async def planned(session: AsyncConnection, clock: FixedClock) -> Confirmed:
    return await planned_for(session, clock, detainee_at(STEENOKKERZEEL))


def seat_in(planned: Confirmed, role: ParticipantRole) -> Participant:
    return next(seat for seat in planned.participants if seat.role is role)


async def stored_seat(session: AsyncConnection, planned: Confirmed, role: ParticipantRole) -> Participant:
    seats = await store.participants_of(session, planned.interview.id)
    return next(seat for seat in seats if seat.role is role)


async def let_in(session: AsyncConnection, clock: FixedClock, planned: Confirmed) -> None:
    """Bring both sides into the interview, and their media up."""
    interview_id = planned.interview.id
    person = await enter(session, clock, HOST, interview_id=interview_id)
    officer = await enter(session, clock, OFFICER, interview_id=interview_id)
    for entry in (person, officer):
        await join(session, clock, interview_id=interview_id, participant_id=entry.participant.id)
    await admit(session, clock, HOST, interview_id=interview_id, participant_id=officer.participant.id)


async def test_the_host_brings_the_person_in(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    entry = await enter(session, clock, HOST, interview_id=planned.interview.id)
    assert entry.participant.role is ParticipantRole.DETAINEE
    assert entry.is_admitted
    host = await stored_seat(session, planned, ParticipantRole.CENTRE_HOST)
    assert (host.account_id, host.is_admitted, host.attendance) == (
        HOST.account_id,
        True,
        Attendance.ATTENDED,
    )


async def test_an_officer_waits_until_the_host_admits(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    waiting = await enter(session, clock, OFFICER, interview_id=planned.interview.id)
    assert not waiting.is_admitted
    inside = await admit(
        session,
        clock,
        HOST,
        interview_id=planned.interview.id,
        participant_id=waiting.participant.id,
    )
    assert inside.is_admitted
    assert inside.interview.started_at == clock()
    assert (await store.load_booking(session, planned.booking.id)).status is Status.IN_PROGRESS


async def test_coming_back_needs_no_second_admission(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    await let_in(session, clock, planned)
    again = await enter(session, clock, OFFICER, interview_id=planned.interview.id)
    assert again.is_admitted


async def test_no_officer_enters_in_a_colleagues_stead(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    await enter(session, clock, OFFICER, interview_id=planned.interview.id)
    with pytest.raises(SeatOfAnother):
        await enter(session, clock, officer_of(BRUSSELS_POST, 2), interview_id=planned.interview.id)


OUTSIDERS = [officer_of(GHANA_POST), staff_of(ROTTERDAM), a_supervisor(), an_administrator()]


@pytest.mark.parametrize("outsider", OUTSIDERS, ids=lambda actor: actor.role)
async def test_nobody_else_enters(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed, outsider: Actor
) -> None:
    with pytest.raises(NotForYou):
        await enter(session, clock, outsider, interview_id=planned.interview.id)
    with pytest.raises(NotForYou):
        await mark_check(session, clock, outsider, interview_id=planned.interview.id, line=LineQuality.GOOD)


@pytest.mark.parametrize(
    "actor", [OFFICER, staff_of(ROTTERDAM), a_supervisor()], ids=lambda actor: actor.role
)
async def test_only_the_host_admits(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed, actor: Actor
) -> None:
    seat = seat_in(planned, ParticipantRole.CONSULAR_OFFICER)
    with pytest.raises(NotForYou):
        await admit(session, clock, actor, interview_id=planned.interview.id, participant_id=seat.id)


async def test_an_empty_place_at_the_door_is_not_admitted(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    seat = seat_in(planned, ParticipantRole.CONSULAR_OFFICER)
    with pytest.raises(NobodyWaits):
        await admit(session, clock, HOST, interview_id=planned.interview.id, participant_id=seat.id)


async def test_a_seat_of_another_interview_does_not_exist(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    with pytest.raises(NotForYou):
        await admit(
            session, clock, HOST, interview_id=planned.interview.id, participant_id=planned.interview.id
        )


async def test_nothing_starts_before_the_host_is_in(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    with pytest.raises(HostNotIn):
        await start_interview(session, clock, HOST, interview_id=planned.interview.id)
    await enter(session, clock, HOST, interview_id=planned.interview.id)
    started = await start_interview(session, clock, HOST, interview_id=planned.interview.id)
    assert await start_interview(session, clock, HOST, interview_id=planned.interview.id) == started


async def test_nobody_enters_after_the_end(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    await let_in(session, clock, planned)
    await close_interview(session, clock, HOST, interview_id=planned.interview.id, ending=Ending.NORMAL)
    for actor in (HOST, OFFICER):
        with pytest.raises(InterviewOver):
            await enter(session, clock, actor, interview_id=planned.interview.id)


async def test_nobody_enters_what_was_cancelled(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    await cancel(session, clock, HOST, booking_id=planned.booking.id, reason=CancelReason.TECHNICAL)
    with pytest.raises(InterviewOver):
        await enter(session, clock, OFFICER, interview_id=planned.interview.id)
    seats = await store.participants_of(session, planned.interview.id)
    assert {seat.attendance for seat in seats} == {None}


async def test_a_minors_interview_does_not_start_without_the_guardian(
    session: AsyncConnection, clock: FixedClock
) -> None:
    planned = await planned_for(session, clock, minor_at(STEENOKKERZEEL))
    with pytest.raises(GuardianMissing):
        await let_in(session, clock, planned)


async def test_a_minors_interview_starts_with_the_guardian(
    session: AsyncConnection, clock: FixedClock
) -> None:
    planned = await planned_for(session, clock, minor_at(STEENOKKERZEEL))
    guardian = seat_in(planned, ParticipantRole.GUARDIAN)
    await admit(session, clock, HOST, interview_id=planned.interview.id, participant_id=guardian.id)
    await let_in(session, clock, planned)
    assert (await store.load_interview(session, planned.interview.id)).is_running


async def test_a_supervisor_alone_waives_the_guardian_and_says_why(
    session: AsyncConnection, clock: FixedClock
) -> None:
    planned = await planned_for(session, clock, minor_at(STEENOKKERZEEL))
    interview_id = planned.interview.id
    with pytest.raises(NotForYou):
        await waive_guardian(session, clock, HOST, interview_id=interview_id, reason="late")
    with pytest.raises(FieldRefused):
        await waive_guardian(session, clock, a_supervisor(), interview_id=interview_id, reason="  ")
    reason = "Turned eighteen this morning"
    waived = await waive_guardian(session, clock, a_supervisor(), interview_id=interview_id, reason=reason)
    assert (waived.guardian_waived_by, waived.guardian_waived_reason) == (a_supervisor().account_id, reason)
    await let_in(session, clock, planned)
    assert (await store.load_interview(session, interview_id)).is_running


async def test_notice_and_consent_are_two_records(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    interview_id = planned.interview.id
    await let_in(session, clock, planned)
    assert await why_not_recorded(session, interview_id=interview_id) is RecordingRefusal.NO_NOTICE
    notice = await give_notice(
        session, clock, HOST, interview_id=interview_id, language="ff", text_version="2026-1"
    )
    assert await why_not_recorded(session, interview_id=interview_id) is RecordingRefusal.NO_CONSENT
    await record_consent(session, clock, HOST, interview_id=interview_id, agrees=True)
    assert await why_not_recorded(session, interview_id=interview_id) is None
    assert (notice.read_by, notice.language) == (HOST.account_id, "ff")
    assert len((await session.execute(select(tables.notices))).all()) == 1
    assert len((await session.execute(select(tables.consents))).all()) == 1


async def test_a_consent_taken_back_counts_and_leaves_the_first_standing(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    interview_id = planned.interview.id
    await let_in(session, clock, planned)
    await give_notice(session, clock, HOST, interview_id=interview_id, language="fr", text_version=TEXT)
    for agrees in (True, False):
        clock.advance(minutes=1)
        await record_consent(session, clock, HOST, interview_id=interview_id, agrees=agrees)
    assert await why_not_recorded(session, interview_id=interview_id) is RecordingRefusal.NO_CONSENT
    assert len((await session.execute(select(tables.consents))).all()) == 2


async def test_a_post_that_refuses_recording_is_heard(session: AsyncConnection, clock: FixedClock) -> None:
    case = await detainee_at(ROTTERDAM).opened(session, clock)
    asked = await ask(session, clock, case, SLOT, room=KAMER_1)
    interview_id = (await agreed(session, clock, asked.booking)).interview.id
    host = staff_of(ROTTERDAM)
    await meant_early(session, clock, host, interview_id)
    await enter(session, clock, host, interview_id=interview_id)
    await start_interview(session, clock, host, interview_id=interview_id)
    assert await why_not_recorded(session, interview_id=interview_id) is RecordingRefusal.DECLINED_BY_POST


async def test_only_the_host_gives_notice(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    with pytest.raises(NotForYou):
        await give_notice(
            session, clock, OFFICER, interview_id=planned.interview.id, language="fr", text_version="2026-1"
        )
    with pytest.raises(NotForYou):
        await record_consent(session, clock, OFFICER, interview_id=planned.interview.id, agrees=True)
    with pytest.raises(FieldRefused):
        await give_notice(
            session, clock, HOST, interview_id=planned.interview.id, language=" ", text_version="2026-1"
        )


async def test_a_check_belongs_to_the_seat_of_who_made_it(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    interview_id = planned.interview.id
    checked = await mark_check(session, clock, HOST, interview_id=interview_id, line=LineQuality.GOOD)
    assert (checked.role, checked.checked_at) == (ParticipantRole.DETAINEE, clock())
    assert checked.checked_line is LineQuality.GOOD
    checked = await mark_check(session, clock, OFFICER, interview_id=interview_id, line=LineQuality.SOUND)
    assert checked.role is ParticipantRole.CONSULAR_OFFICER
    assert checked.checked_line is LineQuality.SOUND


async def test_attendance_follows_the_media(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    interview_id = planned.interview.id
    await let_in(session, clock, planned)
    officer = seat_in(planned, ParticipantRole.CONSULAR_OFFICER)
    clock.advance(minutes=5)
    await depart(session, clock, interview_id=interview_id, participant_id=officer.id)
    clock.advance(seconds=4)
    back = await join(session, clock, interview_id=interview_id, participant_id=officer.id)
    assert (back.reconnections, back.joined_at) == (1, SLOT)
    clock.advance(minutes=5)
    await close_interview(session, clock, HOST, interview_id=interview_id, ending=Ending.NORMAL)
    gone = await stored_seat(session, planned, ParticipantRole.CONSULAR_OFFICER)
    assert (gone.attendance, gone.left_at) == (Attendance.ATTENDED, clock())
    late = await join(session, clock, interview_id=interview_id, participant_id=officer.id)
    assert not late.is_present


async def test_an_interview_that_nobody_could_start_ends_with_who_was_absent(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    await enter(session, clock, HOST, interview_id=planned.interview.id)
    closed = await close_interview(
        session, clock, HOST, interview_id=planned.interview.id, ending=Ending.POST_ABSENT
    )
    assert closed.booking.status is Status.COMPLETED
    attendance = {seat.role: seat.attendance for seat in closed.participants}
    assert attendance[ParticipantRole.CONSULAR_OFFICER] is Attendance.ABSENT
    assert attendance[ParticipantRole.CENTRE_HOST] is Attendance.ATTENDED


async def test_an_interview_that_never_began_did_not_end_normally(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    with pytest.raises(NotPossibleNow):
        await close_interview(session, clock, HOST, interview_id=planned.interview.id, ending=Ending.NORMAL)


@pytest.mark.parametrize(
    ("actor", "ending"),
    [
        (HOST, Ending.PROTECTION_STOP),
        (HOST, Ending.ENDED_BY_POST),
        (OFFICER, Ending.ENDED_BY_CENTRE),
        (OFFICER, Ending.PROTECTION_STOP),
    ],
)
async def test_each_side_says_only_what_it_can_know(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed, actor: Actor, ending: Ending
) -> None:
    await let_in(session, clock, planned)
    with pytest.raises(FieldRefused):
        await close_interview(session, clock, actor, interview_id=planned.interview.id, ending=ending)


async def test_an_interview_ends_once_and_not_by_strangers(
    session: AsyncConnection, clock: FixedClock, planned: Confirmed
) -> None:
    interview_id = planned.interview.id
    await let_in(session, clock, planned)
    with pytest.raises(NotForYou):
        await close_interview(
            session, clock, officer_of(GHANA_POST), interview_id=interview_id, ending=Ending.NORMAL
        )
    clock.advance(minutes=20)
    closed = await close_interview(session, clock, OFFICER, interview_id=interview_id, ending=Ending.NORMAL)
    assert closed.interview.ended_at == SLOT + timedelta(minutes=20)
    with pytest.raises(InterviewOver):
        await close_interview(session, clock, HOST, interview_id=interview_id, ending=Ending.NORMAL)
