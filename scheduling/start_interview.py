"""The interview begins: not without a minor's guardian, unless a supervisor recorded why."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor, Role
from scheduling.admission import host_is_in
from scheduling.booking import Status
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, GuardianMissing, HostNotIn, NotForYou
from scheduling.gather import Gathered, gather, gather_for_host
from scheduling.interview import Interview, lacks_guardian
from scheduling.protection import check_may_send
from scheduling.trail import record_act, remember, tell


async def start_interview(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str
) -> Interview:
    """Begin the interview for its host; one that runs already is returned as it is."""
    found = await gather_for_host(session, actor, interview_id)
    return await begin(session, clock, actor, found)


async def begin(session: AsyncConnection, clock: Clock, actor: Actor, found: Gathered) -> Interview:
    """Begin a gathered interview once every rule allows it."""
    found.check_open()
    if found.interview.is_running:
        return found.interview
    check_may_send(found.case)
    if not host_is_in(found.participants):
        raise HostNotIn(found.interview.id)
    if lacks_guardian(found.interview, found.participants, is_minor=found.case.is_minor):
        raise GuardianMissing(found.interview.id)
    now = clock()
    running = found.interview.started(now)
    booking = found.booking.moved_to(Status.IN_PROGRESS, at=now)
    await store.save(session, tables.interviews, running)
    await store.save(session, tables.bookings, booking)
    await remember(session, "interview:started", running, by=actor, at=now)
    await remember(session, "booking:in_progress", booking, by=actor, at=now)
    await tell(session, "interview:started", {"interview_id": running.id, "booking_id": booking.id}, at=now)
    return running


async def waive_guardian(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, reason: str
) -> Interview:
    """Let a minor's interview begin without the guardian; a supervisor alone decides it, and says why."""
    if actor.role is not Role.SUPERVISOR:
        raise NotForYou("interview", interview_id)
    found = await gather(session, interview_id)
    found.check_open()
    if not reason.strip():
        raise FieldRefused("reason", "needed")
    now = clock()
    waived = found.interview.waived(by=actor.account_id, reason=reason.strip(), at=now)
    await store.save(session, tables.interviews, waived)
    await remember(session, "interview:guardian_waived", waived, by=actor, at=now)
    await record_act(session, clock, actor, "waive_guardian", noun="interview", noun_id=interview_id)
    return waived
