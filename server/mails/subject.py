"""What a mail is about: one booking with its places, and nothing of the person but the reference."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import Booking, Status
from scheduling.scope import booking_joined, centres, posts
from scheduling.store import booking_from
from scheduling.store_keeping import telephone_of
from scheduling.store_wishes import proposal_of


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody's calendar says of a booking."""

    room_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A booking as mails tell of it; `proposed` is the slot that one side offers instead."""

    booking: Booking
    reference: str
    centre_id: str
    centre_name: str
    centre_zone: str
    room_name: str
    post_zone: str
    sent_by: str
    telephone: str
    proposed: tuple[datetime, datetime] | None = None
    proposed_at: datetime | None = None

    @property
    def place(self) -> str:
        """Where the person will sit."""
        return f"{self.centre_name}, {self.room_name}"


async def subject_of(session: AsyncConnection, booking_id: str) -> Subject | None:
    """Return what mails may tell of a booking, locked; None where there is none.

    While it is locked nobody moves it, so that whoever tells of the next step finds who was invited to this.
    """
    b = tables.bookings
    locked = select(b).where(b.c.id == booking_id).with_for_update()
    row = (await session.execute(locked)).mappings().one_or_none()
    if row is None:
        return None
    around = select(
        tables.cases.c.reference,
        centres.c.id.label("centre_id"),
        centres.c.name.label("centre_name"),
        centres.c.zone.label("centre_zone"),
        tables.rooms.c.name.label("room_name"),
        posts.c.zone.label("post_zone"),
        tables.requests.c.sent_by,
    ).select_from(booking_joined())
    places = (await session.execute(around.where(b.c.id == booking_id))).mappings().one()
    proposal = await proposal_of(session, booking_id)
    return Subject(
        booking=booking_from(row),
        **places,
        telephone=await telephone_of(session, places["centre_id"]),
        proposed=(proposal.starts_at, proposal.ends_at) if proposal else None,
        proposed_at=proposal.made_at if proposal else None,
    )


async def as_invited(session: AsyncConnection, subject: Subject, invitation: Invitation) -> Subject:
    """Return a booking as somebody knows it who takes no part any more: over for them, where and when it was.

    Nothing of it tells them where it stands now, or at which centre.
    """
    columns = (
        tables.rooms.c.name.label("room_name"),
        centres.c.id.label("centre_id"),
        centres.c.name.label("centre_name"),
        centres.c.zone.label("centre_zone"),
    )
    joined = tables.rooms.join(centres, centres.c.id == tables.rooms.c.centre_id)
    statement = select(*columns).select_from(joined).where(tables.rooms.c.id == invitation.room_id)
    places = (await session.execute(statement)).mappings().one()
    over = replace(
        subject.booking,
        status=Status.CANCELLED,
        room_id=invitation.room_id,
        starts_at=invitation.starts_at,
        ends_at=invitation.ends_at,
    )
    telephone = await telephone_of(session, places["centre_id"])
    return replace(subject, booking=over, **places, telephone=telephone)
