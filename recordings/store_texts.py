"""Statements on the working copy and the minutes: where texts are sealed into their rows and opened again."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.minutes import Closing, Statement, StatementKind
from recordings.refusals import WorkingCopyDestroyed
from recordings.tables import continuity, evidence, minutes, outcome_drafts, outcomes, stills, working_copies
from recordings.working_copy import MasterSecret, WorkingKey, new_working_key


async def key_of(session: AsyncConnection, secret: MasterSecret, interview_id: str) -> WorkingKey | None:
    """Give the key of an interview's texts; none before the first text and after the destruction."""
    statement = select(working_copies.c.wrapped_key).where(working_copies.c.interview_id == interview_id)
    wrapped = await session.scalar(statement)
    return secret.unwrap(interview_id, wrapped) if wrapped else None


async def key_for_writing(
    session: AsyncConnection, secret: MasterSecret, interview_id: str, now: datetime
) -> WorkingKey:
    """Give the key, making a fresh one for the first text, or for the first after a transcript was sealed."""
    if (key := await key_of(session, secret, interview_id)) is not None:
        return key
    key = new_working_key()
    fresh = {"wrapped_key": secret.wrap(interview_id, key), "destroyed_at": None}
    known = update(working_copies).where(working_copies.c.interview_id == interview_id)
    touched = await session.execute(known.values(fresh).returning(working_copies.c.interview_id))
    if touched.scalar_one_or_none() is None:
        row = {"interview_id": interview_id, "opened_at": now, "minutes_read_back": False, **fresh}
        await session.execute(insert(working_copies).values(row))
    return key


async def destroy(session: AsyncConnection, interview_id: str, now: datetime) -> None:
    """Forget an interview's texts and their key; `secure_delete` overwrites what the database lets go."""
    await session.execute(update(minutes).where(minutes.c.interview_id == interview_id).values(text=None))
    await session.execute(update(evidence).where(evidence.c.interview_id == interview_id).values(note=None))
    await session.execute(
        update(outcomes).where(outcomes.c.interview_id == interview_id).values(reasons=None)
    )
    await session.execute(delete(outcome_drafts).where(outcome_drafts.c.interview_id == interview_id))
    await session.execute(delete(continuity).where(continuity.c.interview_id == interview_id))
    await session.execute(delete(stills).where(stills.c.interview_id == interview_id))
    gone = update(working_copies).where(working_copies.c.interview_id == interview_id)
    await session.execute(gone.values(wrapped_key=None, destroyed_at=now))


async def closing_of(session: AsyncConnection, interview_id: str) -> Closing | None:
    """Tell how the minutes were closed, if they were."""
    columns = working_copies.c["minutes_closed_at", "minutes_closed_by", "minutes_read_back"]
    statement = select(*columns).where(working_copies.c.interview_id == interview_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.minutes_closed_at is None:
        return None
    return Closing(row.minutes_closed_at, row.minutes_closed_by, row.minutes_read_back)


async def close(session: AsyncConnection, interview_id: str, closing: Closing) -> None:
    """Close the minutes of an interview whose working copy exists."""
    values = {
        "minutes_closed_at": closing.closed_at,
        "minutes_closed_by": closing.closed_by,
        "minutes_read_back": closing.was_read_back,
    }
    statement = update(working_copies).where(working_copies.c.interview_id == interview_id)
    await session.execute(statement.values(values))


async def next_position(session: AsyncConnection, interview_id: str) -> int:
    """Give the place of the next line; two writers at once meet the table's uniqueness."""
    last = select(func.max(minutes.c.position)).where(minutes.c.interview_id == interview_id)
    return (await session.scalar(last) or 0) + 1


async def add_statement(session: AsyncConnection, key: WorkingKey, statement: Statement) -> None:
    """Insert a line of the minutes, its text sealed to its own row."""
    if statement.text is None:
        raise WorkingCopyDestroyed(statement.interview_id)
    row = {
        "id": statement.id,
        "interview_id": statement.interview_id,
        "position": statement.position,
        "kind": statement.kind,
        "said_at": statement.said_at,
        "at_ms": statement.at_ms,
        "was_recorded": statement.was_recorded,
        "written_by": statement.written_by,
        "participant_id": statement.participant_id,
        "corrects_id": statement.corrects_id,
        "text": key.seal("minutes", statement.id, statement.text),
    }
    await session.execute(insert(minutes).values(row))


async def statements_of(
    session: AsyncConnection, key: WorkingKey | None, interview_id: str
) -> tuple[Statement, ...]:
    """Give the minutes in order; a text that was sealed away is None."""
    statement = select(minutes).where(minutes.c.interview_id == interview_id).order_by(minutes.c.position)
    rows = (await session.execute(statement)).mappings()
    return tuple(
        Statement(
            **{
                **row,
                "kind": StatementKind(row["kind"]),
                "text": opened(key, "minutes", row["id"], row["text"]),
            }
        )
        for row in rows
    )


def opened(key: WorkingKey | None, table: str, row_id: str, sealed: bytes | None) -> str | None:
    """Open one text; None where there is no key or no text any more."""
    return None if key is None or sealed is None else key.open(table, row_id, sealed)
