"""Taking the minutes, and closing them once they were read back: acts of the post's officer."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_texts as texts
from recordings.interview_facts import InterviewFacts
from recordings.kept_now import check_kept_now
from recordings.minutes import Closing, Statement, StatementKind, check_text
from recordings.refusals import (
    InterviewNotRunning,
    MinutesClosed,
    NotYoursToDo,
)
from recordings.store_facts import facts_for, hold
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.identifier import new_id
from scheduling.trail import record_act


async def take_minutes(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    *,
    interview_id: str,
    kind: StatementKind,
    text: str,
) -> Statement:
    """Add a line, from the beginning of the interview until the minutes are closed.

    Raises `NotForYou`, `NotYoursToDo`, `InterviewNotRunning`, `MinutesClosed`, `NothingKeptInPause`,
    `ConsultationRuns`, and for the text `StatementEmpty`, `StatementTooLong`.
    """
    text = check_text(text)
    facts = await _open_minutes(session, actor, interview_id)
    now = clock()
    was_recorded = await check_kept_now(session, facts)
    statement = Statement(
        id=new_id(),
        interview_id=interview_id,
        position=await texts.next_position(session, interview_id),
        kind=kind,
        text=text,
        said_at=now,
        at_ms=facts.at_ms(now),
        was_recorded=was_recorded,
        written_by=actor.account_id,
    )
    key = await texts.key_for_writing(session, secret, interview_id, now)
    await texts.add_statement(session, key, statement)
    await record_act(
        session, clock, actor, "minutes:taken", noun="interview", noun_id=interview_id, detail=kind
    )
    return statement


async def close_minutes(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    *,
    interview_id: str,
    was_read_back: bool,
) -> Closing:
    """Close the minutes for good; raises as `take_minutes` does."""
    await _open_minutes(session, actor, interview_id)
    closing = Closing(clock(), actor.account_id, was_read_back)
    await texts.key_for_writing(session, secret, interview_id, closing.closed_at)
    await texts.close(session, interview_id, closing)
    await record_act(session, clock, actor, "minutes:closed", noun="interview", noun_id=interview_id)
    return closing


async def _open_minutes(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts:
    await hold(session, interview_id)
    facts = await facts_for(session, actor, interview_id)
    if not actor.answers_for(facts.post.id):
        raise NotYoursToDo("minutes", interview_id)
    if facts.started_at is None:
        raise InterviewNotRunning(interview_id)
    if await texts.closing_of(session, interview_id) is not None:
        raise MinutesClosed(interview_id)
    return facts
