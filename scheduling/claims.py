"""Who holds which five minutes of what: the rows whose primary key refuses a double booking."""

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import tables
from scheduling.booking import Booking
from scheduling.slot import quanta_of


class AlreadyHeld(Exception):
    """Another booking holds the room, the person or every seat of the post for some of these minutes."""


async def claim(session: AsyncSession, booking: Booking, *, seats: int) -> None:
    """Hold room, person and one seat of the post; nothing is held when any of them is not free.

    Two transactions may both have found the slot free. They meet here: the second insert breaks the primary
    key (PostgreSQL lets it wait for the first to commit), and only the savepoint is lost.
    """
    for seat in range(seats):
        try:
            async with session.begin_nested():
                await session.execute(insert(tables.quanta), _rows(booking, seat))
        except IntegrityError:
            continue
        return
    raise AlreadyHeld


async def release(session: AsyncSession, booking_id: str) -> None:
    """Give back everything that a booking holds."""
    await session.execute(delete(tables.quanta).where(tables.quanta.c.booking_id == booking_id))


def _rows(booking: Booking, seat: int) -> list[dict[str, str | int]]:
    resources = sorted(
        [f"room:{booking.room_id}", f"case:{booking.case_id}", f"post:{booking.post_id}/{seat}"]
    )
    return [
        {"resource": resource, "quantum": quantum, "booking_id": booking.id}
        for resource in resources  # always in one order, so that two claims never wait for each other
        for quantum in quanta_of(booking.interval)
    ]
