"""The host says who attended, where the line tells otherwise; until the transcript is sealed with it."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.refusals import InterviewNotOver
from recordings.store_facts import hold
from recordings.store_outcome import outcomes_of
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import NotPossibleNow
from scheduling.gather import gather_for_host, keep
from scheduling.participant import Correction, Participant
from scheduling.trail import record_act


async def correct_attendance(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    participant_id: str,
    why: Correction,
) -> Participant:
    """Correct the attendance of one participant of an interview that is over.

    Raises `NotForYou`, `InterviewNotOver`, and `NotPossibleNow` once the outcome was signed.
    """
    await hold(session, interview_id)
    found = await gather_for_host(session, actor, interview_id)
    seat = found.seat(participant_id)
    if not found.interview.is_over:
        raise InterviewNotOver(interview_id)
    if await outcomes_of(session, interview_id):
        raise NotPossibleNow("interview", "concluded", "corrected")
    after = seat.corrected(why)
    kept = await keep(session, clock, actor, "participant:corrected", before=seat, after=after)
    await record_act(session, clock, actor, "correct", noun="participant", noun_id=participant_id, detail=why)
    return kept
