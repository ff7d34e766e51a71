"""The names of those who sit in an interview, as far as the reader may know them."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.participant import ParticipantRole


async def names_in(session: AsyncConnection, actor: Actor, interview_id: str) -> dict[str, str]:
    """Give names by participant: all but the person's; to a post its own officers' only, to a guest none."""
    if actor.is_guest:
        return {}
    p, a, n = tables.participants, tables.accounts, tables.interpreters
    joined = p.outerjoin(a, a.c.id == p.c.account_id).outerjoin(n, n.c.id == p.c.interpreter_id)
    name = func.coalesce(a.c.name, func.nullif(p.c.name, ""), n.c.name).label("name")
    statement = (
        select(p.c.id, name)
        .select_from(joined)
        .where(p.c.interview_id == interview_id, p.c.role != ParticipantRole.DETAINEE)
    )
    if actor.role is Role.CONSULAR_OFFICER:
        statement = statement.where(p.c.role == ParticipantRole.CONSULAR_OFFICER)
    return {row.id: row.name for row in await session.execute(statement) if row.name}
