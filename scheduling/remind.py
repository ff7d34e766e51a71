"""Reminders: so many hours before an interview everybody who takes part hears of it once more."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import Booking, Status
from scheduling.clock import Clock
from scheduling.due import Due
from scheduling.store import insert_once
from scheduling.trail import tell

HOURS = (48, 1)
"""How long before the start."""
MOST_AT_ONCE = 50


def _untold(hours: int) -> Select[*tuple[Any, ...]]:
    b, told = tables.bookings, tables.reminders
    was_told = exists().where(
        told.c.booking_id == b.c.id, told.c.sequence == b.c.sequence, told.c.hours == hours
    )
    return (
        select(b.c.id, b.c.sequence)
        .where(
            b.c.status == Status.CONFIRMED,
            b.c.starts_at > bindparam("now"),
            b.c.starts_at <= bindparam(f"in_{hours}_hours"),
            ~was_told,
        )
        .order_by(b.c.id)
        .limit(MOST_AT_ONCE)
    )


_UNTOLD = {hours: _untold(hours) for hours in HOURS}
REMINDS = Due(
    or_(*(each.exists() for each in _UNTOLD.values())),
    {f"in_{hours}_hours": timedelta(hours=hours) for hours in HOURS},
)


async def remind(session: AsyncConnection, clock: Clock) -> int:
    """Tell the reminders that are due, each once per booking and sequence; returns how many.

    Two processes that find the same one meet at the primary key: the later one leaves it to the other.
    """
    now = clock()
    count = 0
    for hours, untold in _UNTOLD.items():
        for booking_id, sequence in (await session.execute(untold, REMINDS.moments(now))).all():
            if not await _note(session, booking_id, sequence, hours, now):
                continue
            payload: dict[str, str | int] = {"booking_id": booking_id, "sequence": sequence, "hours": hours}
            await tell(session, "booking:reminder", payload, at=now)
            count += 1
    return count


async def note_told(session: AsyncConnection, booking: Booking, now: datetime) -> None:
    """Note the reminders whose time has come already: the invitation that leaves now is reminder enough."""
    for hours in HOURS:
        if booking.starts_at - timedelta(hours=hours) <= now:
            await _note(session, booking.id, booking.sequence, hours, now)


async def _note(session: AsyncConnection, booking_id: str, sequence: int, hours: int, now: datetime) -> bool:
    """Note a reminder; gives whether it was the first of its kind."""
    row = {"booking_id": booking_id, "sequence": sequence, "hours": hours, "told_at": now}
    statement = insert_once(session, tables.reminders).values(row).returning(tables.reminders.c.booking_id)
    return (await session.execute(statement)).first() is not None
