"""What the staff of a centre see of their guests' ways in: who has a link, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.guest import GUEST_ROLES
from scheduling.queries import InterviewPage
from server.guest_links import links_of


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was just made for one guest and is shown this once."""

    participant_id: str
    code: str = ""
    link: str = ""


async def guest_access(
    session: AsyncConnection, page: InterviewPage, fresh: Fresh | None
) -> list[dict[str, Any]]:
    """Gather the guests of an interview for whoever may host it; empty for all others."""
    if not page.may_host or not page.row.booking.modality.uses_line:
        return []
    links = await links_of(session, page.row.interview_id)
    reached = await known_of_guests(session, page.row.interview_id)
    return [
        {
            "participant_id": seat.participant_id,
            "role": seat.role,
            **reached[seat.participant_id],
            "link": links.get(seat.participant_id),
            "fresh": fresh if fresh is not None and fresh.participant_id == seat.participant_id else None,
        }
        for seat in page.participants
        if seat.role in GUEST_ROLES
    ]


async def known_of_guests(session: AsyncConnection, interview_id: str) -> Mapping[str, Mapping[str, str]]:
    """Return by seat the name, the mail address and the telephone that the centre knows."""
    p, g, n = tables.participants, tables.guests, tables.interpreters
    joined = p.outerjoin(g, g.c.id == p.c.guest_id).outerjoin(n, n.c.id == p.c.interpreter_id)
    known = [func.coalesce(g.c[name], n.c[name], "").label(name) for name in ("email", "telephone")]
    called = func.coalesce(func.nullif(p.c.name, ""), n.c.name, "").label("name")
    statement = select(p.c.id, called, *known).select_from(joined).where(p.c.interview_id == interview_id)
    return {
        row["id"]: {name: row[name] for name in ("name", "email", "telephone")}
        for row in (await session.execute(statement)).mappings()
    }
