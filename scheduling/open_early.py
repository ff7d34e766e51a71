"""An interview is opened long before its hour: its host confirms that it is meant, and the record says so."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.admission import is_shut
from scheduling.clock import Clock
from scheduling.errors import ChangedMeanwhile
from scheduling.gather import gather_for_host
from scheduling.interview import Interview
from scheduling.trail import record_act, remember


async def open_early(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, starts_at: datetime
) -> Interview:
    """Confirm for the host that it is opened before `starts_at`, the planned start that they were shown.

    Where nothing is to be confirmed any more it is returned as it is.
    """
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    now, interview, planned_at = clock(), found.interview, found.booking.starts_at
    if starts_at != planned_at:
        raise ChangedMeanwhile("booking", found.booking.id)
    if not is_shut(interview, planned_at, now):
        return interview
    meant = interview.opened_early(planned_at)
    await store.save(session, tables.interviews, meant)
    await remember(session, "interview:opened_early", meant, by=actor, at=now)
    await record_act(session, clock, actor, "open_early", noun="interview", noun_id=interview_id)
    return meant
