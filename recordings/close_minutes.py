"""Closing the minutes for good: an act of the post's officer."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_texts as texts
from recordings.minutes import Closing
from recordings.read_minutes_back import closing_by
from recordings.take_minutes import open_minutes
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.trail import record_act


async def close_minutes(
    session: AsyncConnection, clock: Clock, actor: Actor, secret: MasterSecret, *, interview_id: str
) -> Closing:
    """Close the minutes; they say whether they were read back. Raises as `take_minutes` does."""
    await open_minutes(session, actor, interview_id)
    closing = await closing_by(session, actor, interview_id, clock())
    await texts.key_for_writing(session, secret, interview_id, closing.closed_at)
    await texts.close(session, interview_id, closing)
    await record_act(session, clock, actor, "minutes:closed", noun="interview", noun_id=interview_id)
    return closing
