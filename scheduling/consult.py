"""A private consultation begins, goes on with others, and ends: acts of the host, one at a time."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.consultation import Consultation, who_stays
from scheduling.errors import NotPossibleNow
from scheduling.gather import Gathered, gather_for_host
from scheduling.identifier import new_id
from scheduling.store_consultations import running_consultation
from scheduling.trail import record_act, remember


async def begin_consultation(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, chosen: Iterable[str]
) -> Consultation:
    """Leave the person with those chosen; raises `FieldRefused` and `NotPossibleNow`."""
    found = await _running(session, actor, interview_id)
    if await running_consultation(session, interview_id) is not None:
        raise NotPossibleNow("consultation", "running", "started")
    stays = who_stays(found.participants, chosen)
    return await _begin(session, clock, actor, interview_id, stays, at=clock())


async def change_consultation(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, chosen: Iterable[str]
) -> Consultation:
    """Go on with others: what ran ends, and another begins at the same moment, so that each is declared.

    With the same people it goes on as it is. Raises `FieldRefused`, and `NotPossibleNow` when none runs.
    """
    found = await _running(session, actor, interview_id)
    running = await running_consultation(session, interview_id)
    if running is None:
        raise NotPossibleNow("consultation", "none", "changed")
    stays = who_stays(found.participants, chosen)
    if stays == running.stays:
        return running
    now = clock()
    await _end(session, clock, actor, running, at=now)
    return await _begin(session, clock, actor, interview_id, stays, at=now)


async def end_consultation(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str
) -> Consultation:
    """Let everybody come back; raises `NotPossibleNow` when none runs."""
    await _running(session, actor, interview_id)
    running = await running_consultation(session, interview_id)
    if running is None:
        raise NotPossibleNow("consultation", "none", "ended")
    return await _end(session, clock, actor, running, at=clock())


async def _begin(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    interview_id: str,
    stays: tuple[str, ...],
    *,
    at: datetime,
) -> Consultation:
    begun = Consultation(
        id=new_id(), interview_id=interview_id, stays=stays, started_at=at, started_by=actor.account_id
    )
    await store.add(session, tables.consultations, begun)
    await remember(session, "consultation:started", begun, by=actor, at=at)
    await record_act(session, clock, actor, "consultation:started", noun="interview", noun_id=interview_id)
    return begun


async def _end(
    session: AsyncConnection, clock: Clock, actor: Actor, running: Consultation, *, at: datetime
) -> Consultation:
    ended = running.ended(by=actor.account_id, at=at)
    await store.save(session, tables.consultations, ended)
    await remember(session, "consultation:ended", ended, by=actor, at=at)
    whose = {"noun": "interview", "noun_id": running.interview_id}
    await record_act(session, clock, actor, "consultation:ended", **whose)
    return ended


async def _running(session: AsyncConnection, actor: Actor, interview_id: str) -> Gathered:
    found = await gather_for_host(session, actor, interview_id)
    found.check_open()
    if not found.interview.is_running:
        raise NotPossibleNow("interview", "not_started", "consultation")
    return found
