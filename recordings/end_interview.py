"""Ending an interview with all that remains of it: the act, its recording, and what became of its minutes."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.capture import finish_recording
from recordings.read_back import ReadBackResult
from recordings.read_minutes_back import settle_read_back
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.close_interview import Closed, close_interview
from scheduling.interview import Ending


async def end_interview(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    ending: Ending,
    unread: ReadBackResult | None = None,
) -> Closed:
    """End it; `unread` says why lines of the minutes were not read back, if any are left.

    Raises what `close_interview` raises, and `NotReadBack`.
    """
    closed = await close_interview(session, clock, actor, interview_id=interview_id, ending=ending)
    await settle_read_back(session, clock, actor, interview_id=interview_id, ending=ending, reason=unread)
    await finish_recording(session, clock, interview_id, reason="interview_ended")
    return closed
