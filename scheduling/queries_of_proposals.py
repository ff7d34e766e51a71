"""Other slots that one side proposes, as the work lists of whoever has to answer them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.booking import Status
from scheduling.queries_of_bookings import MOST_WAITING, BookingRow, booking_row
from scheduling.scope import booking_columns, booking_joined, booking_scope
from scheduling.wish import Side

_OTHER_SIDE = {Role.CENTRE_STAFF: Side.POST, Role.CONSULAR_OFFICER: Side.CENTRE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRow:
    """Another slot that waits for the actor's side; `booking` is what stands or is asked for till then."""

    booking: BookingRow
    starts_at: datetime
    ends_at: datetime
    room_name: str


async def proposals_to_answer(session: AsyncConnection, actor: Actor, now: datetime) -> list[ProposalRow]:
    """Return the slots that may still be accepted by the actor's side, the first to come on top."""
    b, p = tables.bookings, tables.proposals
    room = tables.rooms.alias("room")
    is_open = or_(b.c.status == Status.REQUESTED, and_(b.c.status == Status.CONFIRMED, b.c.starts_at > now))
    slot = (
        p.c.starts_at.label("slot_starts_at"),
        p.c.ends_at.label("slot_ends_at"),
        room.c.name.label("slot_room"),
    )
    statement = (
        select(*booking_columns(), *slot)
        .select_from(booking_joined().join(p, p.c.booking_id == b.c.id).join(room, room.c.id == p.c.room_id))
        .where(booking_scope(actor), p.c.side == _OTHER_SIDE.get(actor.role), p.c.starts_at > now, is_open)
        .order_by(p.c.starts_at, b.c.id)
        .limit(MOST_WAITING)
    )
    return [
        ProposalRow(
            booking=booking_row(row),
            starts_at=row["slot_starts_at"],
            ends_at=row["slot_ends_at"],
            room_name=row["slot_room"],
        )
        for row in (await session.execute(statement)).mappings()
    ]
