"""Noting that the minutes were read back to the person, or why they were not."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.interview_facts import InterviewFacts
from recordings.kept_now import check_kept_now
from recordings.minutes import Closing
from recordings.read_back import (
    REASONS,
    ReadBack,
    ReadBackResult,
    lines_to_read,
    reason_of,
    reply_fits,
    unread,
    was_read_back,
)
from recordings.refusals import InterviewNotRunning, NothingToReadBack, NotReadBack, ReplyDoesNotFit
from recordings.store_facts import load_facts
from recordings.store_read_backs import add_read_back, read_backs_of
from recordings.store_texts import statements_of
from recordings.take_minutes import open_minutes
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import FieldRefused
from scheduling.identifier import new_id
from scheduling.interview import Ending
from scheduling.participant import ParticipantRole
from scheduling.trail import record_act


async def mark_read_back(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    reply: ReadBackResult,
    through: int,
    language: str,
    interpreter_id: str | None,
) -> ReadBack:
    """Note that the officer had the lines up to `through` read to the person, and what the person said.

    Raises what `take_minutes` raises, `FieldRefused` for an interpreter who is not in, `NothingToReadBack`
    when no line is left to read, and `ReplyDoesNotFit`.
    """
    facts = await open_minutes(session, actor, interview_id)
    if not facts.is_running:
        raise InterviewNotRunning(interview_id)
    was_recorded = await check_kept_now(session, facts)
    _check_interpreter(facts, interpreter_id)
    statements = await statements_of(session, None, interview_id)
    left = unread(statements, await read_backs_of(session, interview_id))
    lines = [each for each in left if each.position <= through]
    if not lines:
        raise NothingToReadBack(interview_id)
    if not reply_fits(reply, lines):
        raise ReplyDoesNotFit(reply)
    now = clock()
    read = ReadBack(
        id=new_id(),
        interview_id=interview_id,
        result=reply,
        through_position=lines[-1].position,
        at=now,
        at_ms=facts.at_ms(now),
        was_recorded=was_recorded,
        marked_by=actor.account_id,
        language=language,
        interpreter_id=interpreter_id,
    )
    await _keep(session, clock, actor, read)
    return read


async def settle_read_back(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    *,
    interview_id: str,
    ending: Ending,
    reason: ReadBackResult | None,
) -> None:
    """See to it, as the interview ends, that it stands whether its minutes were read back, and else why not.

    An ending other than the normal one brings its reason along. Raises `NotReadBack` when lines are left and
    nobody says why.
    """
    facts = await load_facts(session, interview_id)
    statements = await statements_of(session, None, interview_id)
    readings = await read_backs_of(session, interview_id)
    left = unread(statements, readings)
    if facts is None or (lines_to_read(statements) and not left):
        return
    said = reason if reason in REASONS else None
    why = (said or reason_of(ending)) if left else ReadBackResult.NO_MINUTES
    if why is None:
        raise NotReadBack(interview_id, len(left))
    now = clock()
    none = ReadBack(
        id=new_id(),
        interview_id=interview_id,
        result=why,
        through_position=max((each.through_position for each in readings), default=0),
        at=now,
        at_ms=facts.at_ms(now),
        was_recorded=False,
        marked_by=actor.account_id,
    )
    await _keep(session, clock, actor, none)


async def closing_by(session: AsyncConnection, actor: Actor, interview_id: str, now: datetime) -> Closing:
    """Give the closing of the minutes as they stand now, which says whether they were read back."""
    statements = await statements_of(session, None, interview_id)
    is_read = was_read_back(statements, await read_backs_of(session, interview_id))
    return Closing(now, actor.account_id, is_read)


def _check_interpreter(facts: InterviewFacts, interpreter_id: str | None) -> None:
    there = {
        one.id for one in facts.attendants if one.role == ParticipantRole.INTERPRETER and one.is_admitted
    }
    if interpreter_id is not None and interpreter_id not in there:
        raise FieldRefused("interpreter", "not_in")


async def _keep(session: AsyncConnection, clock: Clock, actor: Actor, read: ReadBack) -> None:
    await add_read_back(session, read)
    act = "minutes:read_back" if read.was_read else "minutes:not_read_back"
    await record_act(
        session, clock, actor, act, noun="interview", noun_id=read.interview_id, detail=read.result
    )
