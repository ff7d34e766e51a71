"""Who was there, from what the media side reports: media up, media gone."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.clock import Clock
from scheduling.gather import gather, keep
from scheduling.participant import Participant


async def join(
    session: AsyncConnection, clock: Clock, *, interview_id: str, participant_id: str
) -> Participant:
    """Note that a participant's media came up; after the end nothing is noted any more."""
    found = await gather(session, interview_id)
    seat = found.seat(participant_id)
    if found.interview.is_over:
        return seat
    return await keep(session, clock, None, "participant:joined", before=seat, after=seat.joined(clock()))


async def depart(
    session: AsyncConnection, clock: Clock, *, interview_id: str, participant_id: str
) -> Participant:
    """Note that a participant's media went away."""
    found = await gather(session, interview_id)
    seat = found.seat(participant_id)
    return await keep(session, clock, None, "participant:left", before=seat, after=seat.left(clock()))
