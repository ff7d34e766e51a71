"""Telling the host of a technical problem: an act of everybody who has a seat, inside or at the door."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import PutOut
from scheduling.gather import gather
from scheduling.participant import Participant
from scheduling.trail import record_act, remember
from scheduling.trouble import Trouble


async def report_trouble(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    participant_id: str,
    trouble: Trouble,
) -> Participant:
    """Note it on the seat of whoever has it; the seat is the actor's, as the caller has made sure.

    Raises `InterviewOver`, and `PutOut` for whoever the host has put out.
    """
    found = await gather(session, interview_id)
    found.check_open()
    seat = found.seat(participant_id)
    if seat.removed_at is not None:
        raise PutOut(seat.id)
    kept = replace(seat, version=seat.version + 1)
    await store.save(session, tables.participants, kept)
    await remember(session, trouble.event, kept, by=actor, at=clock())
    await record_act(session, clock, actor, "trouble", noun="participant", noun_id=seat.id, detail=trouble)
    return kept
