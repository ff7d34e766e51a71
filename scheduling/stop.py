"""The protection stop, and the person's leaving: everything ends at once, in words that tell nothing."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.booking import Booking, Status
from scheduling.case import Case, CaseStatus
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou, NotPossibleNow
from scheduling.gather import keep
from scheduling.interview import Ending
from scheduling.leave import leave
from scheduling.protection import Stopped, stopped
from scheduling.trail import record_act, remember, tell


async def stop(session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str) -> Stopped:
    """Record that a protection claim is open: nothing about the person reaches the post from here on."""
    case = await _case_of(session, actor, case_id)
    if case.protection_open:
        return Stopped(case, (), ())
    now = clock()
    held = replace(case, protection_open=True, protection_changed_at=now, version=case.version + 1)
    await store.save(session, tables.cases, held)
    await remember(session, "case:stopped", held, by=actor, at=now)
    await record_act(session, clock, actor, "stop", noun="case", noun_id=case_id)
    return await _leave_everything(session, clock, actor, held, Ending.PROTECTION_STOP)


async def lift(session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str) -> Case:
    """Record that no protection claim is open any more; what was withdrawn stays withdrawn."""
    case = await _case_of(session, actor, case_id)
    if not case.protection_open:
        return case
    now = clock()
    free = replace(case, protection_open=False, protection_changed_at=now, version=case.version + 1)
    await store.save(session, tables.cases, free)
    await remember(session, "case:lifted", free, by=actor, at=now)
    await record_act(session, clock, actor, "lift", noun="case", noun_id=case_id)
    return free


async def close_case(
    session: AsyncConnection, clock: Clock, actor: Actor, *, case_id: str, status: CaseStatus
) -> Stopped:
    """Record that the person was released, transferred or returned; their bookings end with it."""
    case = await _case_of(session, actor, case_id)
    if status is CaseStatus.OPEN:
        raise FieldRefused("status", "not_an_exit")
    if not case.is_open:
        raise NotPossibleNow("case", case.status, status)
    closed = replace(case, status=status, version=case.version + 1)
    await store.save(session, tables.cases, closed)
    await remember(session, "case:closed", closed, by=actor, at=clock())
    await record_act(session, clock, actor, "close", noun="case", noun_id=case_id, detail=status)
    return await _leave_everything(session, clock, actor, closed, Ending.ENDED_BY_CENTRE)


async def _case_of(session: AsyncConnection, actor: Actor, case_id: str) -> Case:
    case = await store.load_case(session, case_id)
    if not actor.reads_case_of(case.centre_id):
        raise NotForYou("case", case_id)
    return case


async def _leave_everything(
    session: AsyncConnection, clock: Clock, actor: Actor, case: Case, ending: Ending
) -> Stopped:
    left = []
    to_close = []
    for booking in await store.live_bookings_of(session, case.id):
        if booking.status is not Status.REQUESTED:
            to_close.append(await _end_interview(session, clock, actor, booking, ending))
        gone = stopped(booking, clock())
        left.append(await leave(session, clock, actor, gone))
    for request in await store.requests_of(session, case.id):
        await store.end_request(session, request.over(clock()))
    return Stopped(case, tuple(left), tuple(to_close))


async def _end_interview(
    session: AsyncConnection, clock: Clock, actor: Actor, booking: Booking, ending: Ending
) -> str:
    interview = await store.interview_of(session, booking.id)
    if interview is None:
        raise NotForYou("interview", booking.id)
    if interview.started_at is None:
        return interview.id
    now = clock()
    ended = interview.ended(ending, now)
    await store.save(session, tables.interviews, ended)
    await remember(session, "interview:ended", ended, by=actor, at=now)
    for participant in await store.participants_of(session, interview.id):
        after = participant.at_the_end(now, required=False)
        await keep(session, clock, actor, "participant:settled", before=participant, after=after)
    await tell(session, "interview:ended", {"interview_id": interview.id, "booking_id": booking.id}, at=now)
    return interview.id
