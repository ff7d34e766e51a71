"""Stills at full resolution: an officer asks, the sender's own camera takes one, and it is kept or dropped.

Until then it waits under the interview's working key, so that it is lost with that key.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.evidence import check_picture
from recordings.interview_facts import InterviewFacts
from recordings.kept_now import check_kept_now
from recordings.refusals import (
    InterviewNotRunning,
    NotToBePictured,
    NotYoursToDo,
    StillGone,
)
from recordings.store_facts import facts_for
from recordings.store_texts import key_for_writing, key_of
from recordings.tables import stills
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.participant import Participant
from scheduling.trail import record_act

AWAITED = timedelta(seconds=60)


async def ask_still(
    session: AsyncConnection, clock: Clock, actor: Actor, *, interview_id: str, participant_id: str
) -> str:
    """Ask somebody inside for a still; whatever was asked for before is dropped.

    Raises `NotForYou`, `NotYoursToDo`, `NotToBePictured`, `InterviewNotRunning`, `ConsultationRuns`,
    `NothingKeptInPause`.
    """
    facts = await _of_post(session, actor, interview_id)
    inside = {each.id for each in facts.attendants if each.is_admitted}
    if participant_id not in inside:
        raise NotForYou("participant", participant_id)
    if participant_id not in {each.id for each in facts.recorded}:
        raise NotToBePictured(participant_id)
    await _check_kept(session, facts)
    await session.execute(delete(stills).where(stills.c.interview_id == interview_id))
    row = {
        "id": new_id(),
        "interview_id": interview_id,
        "participant_id": participant_id,
        "wanted_at": clock(),
        "wanted_by": actor.account_id,
    }
    await session.execute(insert(stills).values(row))
    await record_act(session, clock, actor, "still:asked", noun="interview", noun_id=interview_id)
    return str(row["id"])


async def bring_still(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    *,
    facts: InterviewFacts,
    seat: Participant,
    still_id: str,
    picture: bytes,
) -> None:
    """Take the picture from whoever was asked for it, once and while it is awaited.

    Raises `NotForYou` for anybody else, `StillGone`, and what `ask_still` and a picture of evidence raise.
    """
    row = await _row(session, facts.id, still_id)
    if row.participant_id != seat.id or not seat.is_admitted:
        raise NotForYou("still", still_id)
    await _check_kept(session, facts)
    now = clock()
    if row.picture is not None or now - row.wanted_at > AWAITED:
        raise StillGone(still_id)
    check_picture(picture)
    key = await key_for_writing(session, secret, facts.id, now)
    sealed = key.seal_bytes("stills", still_id, picture)
    await session.execute(update(stills).where(stills.c.id == still_id).values(picture=sealed))
    await record_act(session, clock, actor, "still:brought", noun="interview", noun_id=facts.id)


async def look_at_still(
    session: AsyncConnection, actor: Actor, secret: MasterSecret, *, interview_id: str, still_id: str
) -> bytes:
    """Give the picture to the officer of the post; raises `NotForYou`, `NotYoursToDo`, `StillGone`."""
    await _of_post(session, actor, interview_id)
    row = await _row(session, interview_id, still_id)
    key = await key_of(session, secret, interview_id)
    if row.picture is None or key is None:
        raise StillGone(still_id)
    return key.open_bytes("stills", still_id, row.picture)


async def drop_still(session: AsyncConnection, actor: Actor, *, interview_id: str, still_id: str) -> None:
    """Forget a still; one that is gone already stays so."""
    await _of_post(session, actor, interview_id)
    mine = (stills.c.id == still_id) & (stills.c.interview_id == interview_id)
    await session.execute(delete(stills).where(mine))


async def _of_post(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts:
    facts = await facts_for(session, actor, interview_id)
    if not actor.answers_for(facts.post.id):
        raise NotYoursToDo("still", interview_id)
    return facts


async def _check_kept(session: AsyncConnection, facts: InterviewFacts) -> None:
    """Refuse whenever nothing is kept."""
    if not facts.is_running:
        raise InterviewNotRunning(facts.id)
    await check_kept_now(session, facts)


async def _row(session: AsyncConnection, interview_id: str, still_id: str) -> Row[Any]:
    statement = select(stills).where(stills.c.id == still_id, stills.c.interview_id == interview_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise StillGone(still_id)
    return row
