"""Messages in the room: a part of the minutes, written and read by those who are inside."""

from sqlalchemy.ext.asyncio import AsyncConnection

from recordings import store_texts as texts
from recordings.interview_facts import InterviewFacts
from recordings.kept_now import check_kept_now
from recordings.minutes import Statement, StatementKind, check_text
from recordings.refusals import ConsultationRuns, InterviewNotRunning, MinutesClosed
from recordings.working_copy import MasterSecret
from scheduling.actor import Actor
from scheduling.clock import Clock
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.participant import Participant, ParticipantRole
from scheduling.trail import record_act

_WITH_ACCOUNT = frozenset({ParticipantRole.CENTRE_HOST, ParticipantRole.CONSULAR_OFFICER})


async def send_message(
    session: AsyncConnection,
    clock: Clock,
    actor: Actor,
    secret: MasterSecret,
    *,
    facts: InterviewFacts,
    seat: Participant,
    text: str,
) -> Statement:
    """Add a message of whoever sits there; the caller holds the interview. At the terminal the host writes.

    Raises `NotForYou` for who is not inside, `InterviewNotRunning`, `MinutesClosed`, `NothingKeptInPause`,
    `ConsultationRuns`, and for the text `StatementEmpty`, `StatementTooLong`.
    """
    _check_inside(facts, seat)
    text = check_text(text)
    if not facts.is_running:
        raise InterviewNotRunning(facts.id)
    if await texts.closing_of(session, facts.id) is not None:
        raise MinutesClosed(facts.id)
    was_recorded = await check_kept_now(session, facts)
    now = clock()
    writer, role = _writer(facts, seat)
    statement = Statement(
        id=new_id(),
        interview_id=facts.id,
        position=await texts.next_position(session, facts.id),
        kind=StatementKind.MESSAGE,
        text=text,
        said_at=now,
        at_ms=facts.at_ms(now),
        was_recorded=was_recorded,
        written_by=actor.account_id if role in _WITH_ACCOUNT else None,
        participant_id=writer,
    )
    key = await texts.key_for_writing(session, secret, facts.id, now)
    await texts.add_statement(session, key, statement)
    await record_act(session, clock, actor, "message:sent", noun="interview", noun_id=facts.id)
    return statement


async def messages_for(
    session: AsyncConnection, secret: MasterSecret, *, facts: InterviewFacts, seat: Participant
) -> tuple[Statement, ...]:
    """Give the messages to whoever is inside; who is cut off from a private consultation reads none."""
    _check_inside(facts, seat)
    if facts.consultation is not None and seat.id not in facts.consultation.stays:
        raise ConsultationRuns(facts.id)
    key = await texts.key_of(session, secret, facts.id)
    lines = await texts.statements_of(session, key, facts.id)
    return tuple(line for line in lines if line.kind is StatementKind.MESSAGE)


def _check_inside(facts: InterviewFacts, seat: Participant) -> None:
    if not seat.is_admitted:
        raise NotForYou("interview", facts.id)


def _writer(facts: InterviewFacts, seat: Participant) -> tuple[str, str]:
    """Give who writes at this seat: at the person's terminal it is the host."""
    if seat.role is ParticipantRole.DETAINEE:
        for each in facts.attendants:
            if each.role == ParticipantRole.CENTRE_HOST:
                return each.id, each.role
    return seat.id, seat.role
