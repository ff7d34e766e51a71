"""What a transfer page shows: the other centres of this house, and what became of the interviews."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor

_MOVED, _LEFT = "booking:moved", ("booking:cancelled", "booking:withdrawn")


async def other_centres(session: AsyncConnection, centre_id: str) -> list[tuple[str, str]]:
    """Return the centres in use other than one's own, by name."""
    o = tables.organisations
    statement = (
        select(o.c.id, o.c.name, o.c.city)
        .where(o.c.kind == "centre", o.c.is_active, o.c.id != centre_id)
        .order_by(o.c.name)
    )
    found = (await session.execute(statement)).all()
    return [(row.id, ", ".join(filter(None, (row.name, row.city)))) for row in found]


async def transfer_facts(session: AsyncConnection, actor: Actor, case_id: str) -> dict[str, Any] | None:
    """Gather what templates/case/transferred.html asks for, of the actor's last transfer; None without."""
    audit, c, o = tables.audit, tables.cases, tables.organisations
    statement = (
        select(audit.c.at, c.c.reference, o.c.name, o.c.city)
        .join(c, c.c.id == audit.c.noun_id)
        .join(o, o.c.id == audit.c.detail)
        .where(audit.c.noun_id == case_id, audit.c.act == "transfer", audit.c.account_id == actor.account_id)
        .order_by(audit.c.at.desc())
    )
    handed = (await session.execute(statement)).first()
    if handed is None:
        return None
    changes = await _changes(session, actor, case_id, handed.at)
    moved = [copy for event, copy in changes if event == _MOVED]
    left = [copy for event, copy in changes if event != _MOVED]
    rooms = await _names(session, tables.rooms, [each["room_id"] for each in moved])
    posts = await _names(session, o, [each["post_id"] for each in (*moved, *left)])
    return {
        "reference": handed.reference,
        "centre": ", ".join(filter(None, (handed.name, handed.city))),
        "moved": [_line(each, posts, rooms[each["room_id"]]) for each in moved],
        "left": [_line(each, posts, "") for each in left],
    }


async def _changes(
    session: AsyncConnection, actor: Actor, case_id: str, since: datetime
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return how the bookings stood right after the transfer, whatever became of them at the new centre."""
    h, b = tables.history, tables.bookings
    statement = (
        select(h.c.event, h.c.copy)
        .where(
            h.c.noun == "booking",
            h.c.noun_id.in_(select(b.c.id).where(b.c.case_id == case_id)),
            h.c.event.in_((_MOVED, *_LEFT)),
            h.c.by_account_id == actor.account_id,
            h.c.at >= since,
        )
        .order_by(h.c.at)
    )
    return [(row.event, row.copy) for row in (await session.execute(statement)).all()]


async def _names(session: AsyncConnection, table: Any, ids: Sequence[str]) -> dict[str, str]:
    found = await session.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids)))
    return {row.id: row.name for row in found.all()}


def _line(copy: Mapping[str, Any], posts: dict[str, str], room: str) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(copy[name]) for name in ("starts_at", "ends_at")}
    return {**times, "post": posts[copy["post_id"]], "room": room}
