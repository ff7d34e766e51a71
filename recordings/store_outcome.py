"""Statements on outcomes; nothing here updates one, save that its reasons are let go once they are sealed."""

from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.outcome import Outcome, OutcomeValue, TravelDocumentAnswer
from recordings.store_texts import opened
from recordings.tables import outcome_evidence, outcomes
from recordings.working_copy import WorkingKey


async def add_outcome(session: AsyncConnection, key: WorkingKey, outcome: Outcome, reasons: str) -> None:
    """Insert a version; two officers at once meet the uniqueness of interview and version."""
    row = {
        "id": outcome.id,
        "interview_id": outcome.interview_id,
        "version": outcome.version,
        "value": outcome.value,
        "travel_document": outcome.travel_document,
        "presumed_country": outcome.presumed_country,
        "back_on": outcome.back_on,
        "concluded_at": outcome.concluded_at,
        "concluded_by": outcome.concluded_by,
        "post_id": outcome.post_id,
        "reasons": key.seal("outcomes", outcome.id, reasons),
    }
    await session.execute(insert(outcomes).values(row))
    cited = [{"outcome_id": outcome.id, "evidence_id": item} for item in outcome.evidence_ids]
    if cited:
        await session.execute(insert(outcome_evidence), cited)


async def outcomes_of(session: AsyncConnection, interview_id: str) -> tuple[Outcome, ...]:
    """Give every version, the one that counts last."""
    statement = select(outcomes).where(outcomes.c.interview_id == interview_id).order_by(outcomes.c.version)
    rows = (await session.execute(statement)).mappings().all()
    return tuple([_outcome(row, await _cited(session, row["id"])) for row in rows])


async def unsealed_outcome(
    session: AsyncConnection, key: WorkingKey, interview_id: str
) -> tuple[Outcome, str] | None:
    """Give the outcome that waits for its transcript, with its reasons."""
    waiting = outcomes.c.interview_id == interview_id, outcomes.c.sealed_at.is_(None)
    row = (await session.execute(select(outcomes).where(*waiting))).mappings().one_or_none()
    if row is None:
        return None
    reasons = opened(key, "outcomes", row["id"], row["reasons"])
    return _outcome(row, await _cited(session, row["id"])), reasons or ""


async def is_unsealed(session: AsyncConnection, interview_id: str) -> bool:
    """Whether an outcome of the interview waits for its transcript."""
    statement = select(outcomes.c.id).where(
        outcomes.c.interview_id == interview_id, outcomes.c.sealed_at.is_(None)
    )
    return (await session.scalar(statement)) is not None


async def mark_sealed(session: AsyncConnection, outcome_id: str, now: datetime) -> None:
    """Note that a version's transcript is durable."""
    await session.execute(update(outcomes).where(outcomes.c.id == outcome_id).values(sealed_at=now))


async def _cited(session: AsyncConnection, outcome_id: str) -> tuple[str, ...]:
    statement = select(outcome_evidence.c.evidence_id).where(outcome_evidence.c.outcome_id == outcome_id)
    return tuple(await session.scalars(statement.order_by(outcome_evidence.c.evidence_id)))


def _outcome(row: RowMapping, cited: tuple[str, ...]) -> Outcome:
    return Outcome(
        id=row["id"],
        interview_id=row["interview_id"],
        version=row["version"],
        value=OutcomeValue(row["value"]),
        travel_document=TravelDocumentAnswer(row["travel_document"]),
        presumed_country=row["presumed_country"],
        back_on=row["back_on"],
        evidence_ids=cited,
        concluded_at=row["concluded_at"],
        concluded_by=row["concluded_by"],
        post_id=row["post_id"],
    )
