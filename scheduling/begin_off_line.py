"""An interview by telephone or in person begins: no line is open, so its host says who is there."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Actor
from scheduling.admit import host_comes_in
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.gather import gather_for_host, keep
from scheduling.interview import Interview
from scheduling.participant import ParticipantRole
from scheduling.start_interview import begin
from scheduling.trail import record_act


async def begin_off_line(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, present: frozenset[str]
) -> Interview:
    """Begin it with the host, the person and those of its seats who are present; nothing is recorded."""
    found = await gather_for_host(session, actor, interview_id)
    if found.booking.modality.uses_line:
        raise NotForYou("interview", interview_id)
    found.check_open()
    if found.interview.is_running:
        return found.interview
    now, seats = clock(), []
    for seat in found.participants:
        if seat.role is ParticipantRole.CENTRE_HOST:
            seats.append(await host_comes_in(session, clock, actor, found))
        elif seat.role is ParticipantRole.DETAINEE or seat.id in present:
            there = seat.admitted(by=actor.account_id, at=now).joined(now)
            seats.append(await keep(session, clock, actor, "participant:admitted", before=seat, after=there))
        else:
            seats.append(seat)
    running = await begin(session, clock, actor, replace(found, participants=tuple(seats)))
    await record_act(session, clock, actor, "begin", noun="interview", noun_id=interview_id)
    return running
