"""The last way on: the host goes on by telephone where no line carries the interview, and back."""

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.gather import gather_for_host
from scheduling.interview import Interview
from scheduling.trail import record_act, remember


async def turn_telephone(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, is_by_telephone: bool
) -> Interview:
    """Note that it goes on by telephone, or over the line again; asked twice, it stands once.

    Raises `InterviewOver`, and `NotPossibleNow` before it has begun.
    """
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    interview, now = found.interview, clock()
    if is_by_telephone == (interview.by_telephone_at is not None):
        return interview
    kept = interview.with_telephone(now if is_by_telephone else None)
    await store.save(session, tables.interviews, kept)
    event = "by_telephone" if is_by_telephone else "by_line"
    await remember(session, f"interview:{event}", kept, by=actor, at=now)
    await record_act(session, clock, actor, event, noun="interview", noun_id=interview_id)
    return kept
