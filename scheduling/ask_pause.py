"""Asking the host for a pause, and the host's no; the host's yes is the pause itself."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store, tables
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.columns import UtcDateTime
from scheduling.errors import AskedAlready, NotForYou, NotPossibleNow
from scheduling.gather import Gathered, gather, gather_for_host
from scheduling.participant import Participant
from scheduling.pause_wish import AGAIN_AFTER, ASKED_EVENT, DECLINED_EVENT, MAY_ASK
from scheduling.store_consultations import running_consultation
from scheduling.trail import record_act, remember


async def ask_pause(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, participant_id: str
) -> Participant:
    """Note the wish of whoever sits there; the seat is the actor's, as the caller has made sure.

    Raises `NotForYou` for whoever may not ask, `InterviewOver`, `NotPossibleNow` before the start and in a
    private consultation, and `AskedAlready` within a minute of the last time.
    """
    found = await gather(session, interview_id)
    seat = found.seat(participant_id)
    if seat.role not in MAY_ASK or not seat.is_admitted:
        raise NotForYou("interview", interview_id)
    _check_running(found)
    if await running_consultation(session, interview_id) is not None:
        raise NotPossibleNow("consultation", "running", "asked")
    last = await _last_asked(session, seat.id)
    if last is not None and clock() < last + AGAIN_AFTER:
        raise AskedAlready(seat.id, last + AGAIN_AFTER)
    return await _note(session, clock, actor, ASKED_EVENT, seat)


async def decline_pause(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, participant_ids: Iterable[str]
) -> None:
    """Say no to those who asked, for the host; raises `NotForYou`, `InterviewOver`, `NotPossibleNow`."""
    found = await gather_for_host(session, actor, interview_id)
    _check_running(found)
    for participant_id in participant_ids:
        await _note(session, clock, actor, DECLINED_EVENT, found.seat(participant_id))


def _check_running(found: Gathered) -> None:
    found.check_open()
    if not found.interview.is_running:
        raise NotPossibleNow("interview", "not_started", "pause")


async def _last_asked(session: AsyncConnection, participant_id: str) -> datetime | None:
    h = tables.history
    statement = select(func.max(h.c.at, type_=UtcDateTime())).where(
        h.c.noun == "participant", h.c.noun_id == participant_id, h.c.event == ASKED_EVENT
    )
    last: datetime | None = await session.scalar(statement)
    return last


async def _note(
    session: AsyncConnection, clock: Clock, actor: Actor, event: str, seat: Participant
) -> Participant:
    kept = replace(seat, version=seat.version + 1)
    await store.save(session, tables.participants, kept)
    await remember(session, event, kept, by=actor, at=clock())
    await record_act(session, clock, actor, event, noun="participant", noun_id=seat.id)
    return kept
