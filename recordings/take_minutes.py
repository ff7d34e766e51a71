"""Taking the minutes: an act of the post's officer."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_texts as texts
from recordings.interview_facts import InterviewFacts
from recordings.kept_now import check_kept_now
from recordings.minutes import CORRECTABLE, Statement, StatementKind, check_text
from recordings.refusals import (
    InterviewNotRunning,
    MinutesClosed,
    NotYoursToDo,
)
from recordings.store_facts import facts_for, hold
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import NotForYou
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
    corrects_id: str | None = None,
) -> Statement:
    """Add a line, from the beginning of the interview until the minutes are closed.

    A correction is said in the interview; it stands beside `corrects_id`, a line of the officer's.
    Raises `NotForYou`, `NotYoursToDo`, `InterviewNotRunning`, `MinutesClosed`, `NothingKeptInPause`,
    `ConsultationRuns`, and for the text `StatementEmpty`, `StatementTooLong`.
    """
    text = check_text(text)
    facts = await open_minutes(session, actor, interview_id)
    if kind is StatementKind.CORRECTION:
        await _check_corrected(session, facts, corrects_id)
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
        corrects_id=corrects_id if kind is StatementKind.CORRECTION else None,
    )
    key = await texts.key_for_writing(session, secret, interview_id, now)
    await texts.add_statement(session, key, statement)
    await record_act(
        session, clock, actor, "minutes:taken", noun="interview", noun_id=interview_id, detail=kind
    )
    return statement


async def open_minutes(session: AsyncConnection, actor: Actor, interview_id: str) -> InterviewFacts:
    """Give the interview, held, to the officer who may write in its minutes."""
    await hold(session, interview_id)
    facts = await facts_for(session, actor, interview_id)
    if not actor.answers_for(facts.post.id):
        raise NotYoursToDo("minutes", interview_id)
    if facts.started_at is None:
        raise InterviewNotRunning(interview_id)
    if await texts.closing_of(session, interview_id) is not None:
        raise MinutesClosed(interview_id)
    return facts


async def _check_corrected(session: AsyncConnection, facts: InterviewFacts, corrects_id: str | None) -> None:
    if not facts.is_running:
        raise InterviewNotRunning(facts.id)
    lines = await texts.statements_of(session, None, facts.id)
    if corrects_id not in {each.id for each in lines if each.kind in CORRECTABLE}:
        raise NotForYou("statement", corrects_id or "")
