"""The continuity log: how each participant's line was, every ten seconds, among an interview's texts."""

import json
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.ports import JsonObject
from recordings.store_facts import hold, load_facts
from recordings.store_texts import key_for_writing
from recordings.tables import continuity, working_copies
from recordings.timeline import stamp
from recordings.working_copy import MasterSecret, WorkingKey
from scheduling.clock import Clock
from scheduling.identifier import new_id

_c = continuity.c


async def note_continuity(
    session: AsyncConnection,
    clock: Clock,
    secret: MasterSecret,
    *,
    interview_id: str,
    at: datetime,
    seconds: int,
    people: list[JsonObject],
) -> None:
    """Write down one window that ended `at`, of an interview that ran in it; told twice, it stands once.

    An act of the house. After the transcript was sealed nothing is written any more.
    """
    await hold(session, interview_id)
    facts = await load_facts(session, interview_id)
    begins_at = at - timedelta(seconds=seconds)
    if facts is None or facts.started_at is None or at <= facts.started_at:
        return
    if facts.ended_at is not None and facts.ended_at <= begins_at:
        return
    if await _is_sealed(session, interview_id) or await _is_known(session, interview_id, at):
        return
    key = await key_for_writing(session, secret, interview_id, clock())
    row_id = new_id()
    window = json.dumps({"from": stamp(begins_at), "to": stamp(at), "people": people})
    row = {
        "id": row_id,
        "interview_id": interview_id,
        "at": at,
        "content": key.seal("continuity", row_id, window),
    }
    await session.execute(insert(continuity).values(row))


async def continuity_of(
    session: AsyncConnection, key: WorkingKey | None, interview_id: str
) -> tuple[JsonObject, ...]:
    """Give the windows in order; none without a key."""
    if key is None:
        return ()
    statement = select(_c.id, _c.content).where(_c.interview_id == interview_id).order_by(_c.at)
    rows = (await session.execute(statement)).all()
    return tuple(json.loads(key.open("continuity", row.id, row.content)) for row in rows)


async def _is_sealed(session: AsyncConnection, interview_id: str) -> bool:
    statement = select(working_copies.c.destroyed_at).where(working_copies.c.interview_id == interview_id)
    return await session.scalar(statement) is not None


async def _is_known(session: AsyncConnection, interview_id: str, at: datetime) -> bool:
    statement = select(_c.id).where(_c.interview_id == interview_id, _c.at == at)
    return await session.scalar(statement) is not None
