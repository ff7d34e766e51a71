"""Statements on the draft of an outcome: one row an interview, its fields sealed."""

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.outcome_draft import OutcomeDraft, fields_from
from recordings.tables import outcome_drafts
from recordings.working_copy import WorkingKey

_d = outcome_drafts.c


async def draft_of(session: AsyncConnection, key: WorkingKey, interview_id: str) -> OutcomeDraft | None:
    """Give the draft of an interview, if there is one."""
    row = (await session.execute(select(outcome_drafts).where(_d.interview_id == interview_id))).one_or_none()
    if row is None:
        return None
    fields = fields_from(key.open("outcome_drafts", interview_id, row.fields))
    return OutcomeDraft(interview_id, row.version, fields, row.saved_at, row.saved_by)


async def keep_draft(session: AsyncConnection, key: WorkingKey, draft: OutcomeDraft) -> None:
    """Write the draft in place of the version before it."""
    row = {
        "version": draft.version,
        "fields": key.seal("outcome_drafts", draft.interview_id, draft.fields.as_text()),
        "saved_at": draft.saved_at,
        "saved_by": draft.saved_by,
    }
    known = update(outcome_drafts).where(_d.interview_id == draft.interview_id).values(row)
    touched = await session.execute(known.returning(_d.interview_id))
    if touched.scalar_one_or_none() is None:
        await session.execute(insert(outcome_drafts).values({"interview_id": draft.interview_id, **row}))


async def drop_draft(session: AsyncConnection, interview_id: str) -> None:
    """Let the draft go: the outcome takes its place, or nothing does."""
    await session.execute(delete(outcome_drafts).where(_d.interview_id == interview_id))
