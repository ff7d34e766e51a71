"""Whose calendar holds an entry of a booking: they hear of its end, whether they still take part or not."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.booking import Booking
from server.mails.addressee import Addressee, Audience
from server.mails.subject import Invitation
from server.tables import invitations


async def invited_before(
    session: AsyncConnection, booking_id: str
) -> dict[str, tuple[Addressee, Invitation]]:
    """Return by identifier everybody who was invited and not called off, as who they would be: nobody now."""
    statement = select(invitations).where(invitations.c.booking_id == booking_id)
    rows = (await session.execute(statement.order_by(invitations.c.person_id))).all()
    return {
        row.person_id: (
            Addressee(row.person_id, Audience.FORMER, row.address, row.language, row.zone),
            Invitation(row.room_id, row.starts_at, row.ends_at),
        )
        for row in rows
    }


async def note_invited(session: AsyncConnection, booking: Booking, everybody: Iterable[Addressee]) -> None:
    """Note that these people, and nobody else, have an entry of the booking as it stands."""
    await session.execute(delete(invitations).where(invitations.c.booking_id == booking.id))
    rows = [
        {
            "booking_id": booking.id,
            "person_id": to.id,
            "address": to.address,
            "language": to.language,
            "zone": to.zone,
            "room_id": booking.room_id,
            "starts_at": booking.starts_at,
            "ends_at": booking.ends_at,
        }
        for to in everybody
    ]
    if rows:
        await session.execute(insert(invitations), rows)
