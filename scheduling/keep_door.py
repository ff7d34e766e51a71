"""Keeping the door of a running room: a guest is put out, the door is locked and unlocked."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, GuardianStays
from scheduling.gather import gather_for_host, keep
from scheduling.guest import GUEST_ROLES
from scheduling.interview import Interview, lacks_guardian
from scheduling.participant import Participant, Removal
from scheduling.trail import record_act, remember


async def remove(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    participant_id: str,
    reason: Removal,
) -> Participant:
    """Put a guest out until the host admits them anew; neither the person nor the officer can be.

    A minor is not heard without the guardian, so these two go together: `GuardianStays`.
    """
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    seat = found.seat(participant_id)
    if seat.role not in GUEST_ROLES:
        raise FieldRefused("participant_id", "no_guest")
    gone = seat.removed(reason, at=clock())
    others = tuple(gone if each.id == gone.id else each for each in found.participants)
    is_heard = found.interview.is_running
    if is_heard and lacks_guardian(found.interview, others, is_minor=found.case.is_minor):
        raise GuardianStays(interview_id)
    kept = await keep(session, clock, actor, "participant:removed", before=seat, after=gone)
    await record_act(
        session, clock, actor, "remove", noun="participant", noun_id=participant_id, detail=reason
    )
    return kept


async def lock(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, is_locked: bool
) -> Interview:
    """Let nobody new in from now on, or whoever the host admits; asked twice, it stands once."""
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    interview, now = found.interview, clock()
    if is_locked == interview.is_locked:
        return interview
    kept = interview.with_lock(now if is_locked else None)
    await store.save(session, tables.interviews, kept)
    event = "locked" if is_locked else "unlocked"
    await remember(session, f"interview:{event}", kept, by=actor, at=now)
    await record_act(session, clock, actor, event, noun="interview", noun_id=interview_id)
    return kept
