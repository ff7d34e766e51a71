"""Statements on private consultations."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.consultation import Consultation
from scheduling.tables import consultations


async def consultations_of(session: AsyncConnection, interview_id: str) -> tuple[Consultation, ...]:
    """Give the consultations of an interview in their order."""
    statement = select(consultations).where(consultations.c.interview_id == interview_id)
    ordered = statement.order_by(consultations.c.started_at, consultations.c.id)
    rows = (await session.execute(ordered)).mappings()
    return tuple(Consultation(**{**row, "stays": tuple(row["stays"])}) for row in rows)


async def running_consultation(session: AsyncConnection, interview_id: str) -> Consultation | None:
    """Give the consultation that has not ended, if there is one."""
    found = await consultations_of(session, interview_id)
    return next((each for each in found if each.ended_at is None), None)
