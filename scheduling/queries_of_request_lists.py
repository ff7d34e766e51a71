"""The answered requests by page: what a post confirmed, declined, or saw given up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor
from scheduling.booking import Status
from scheduling.listing import Listing, Slice
from scheduling.queries_of_bookings import BookingRow, booking_row
from scheduling.queries_of_interview_lists import count_some, reference_like
from scheduling.scope import booking_columns, booking_joined, booking_scope
from scheduling.wish import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredFilter:
    """What narrows the list; an empty value narrows nothing."""

    status: Status | None = None
    reference: str = ""


async def list_answered(
    session: AsyncConnection, actor: Actor, now: datetime, wanted: AnsweredFilter, page: Slice
) -> Listing[BookingRow]:
    """Return one page of the bookings that wait for no answer of the post any more, the newest first."""
    b = tables.bookings
    narrowed = (
        select(b.c.id)
        .join(tables.rooms, tables.rooms.c.id == b.c.room_id)
        .where(booking_scope(actor), b.c.status != Status.REQUESTED, not_(_waits_still(now)))
    )
    if wanted.status:
        narrowed = narrowed.where(b.c.status == wanted.status)
    if wanted.reference:
        found = select(tables.cases.c.id).where(reference_like(wanted.reference))
        narrowed = narrowed.where(b.c.case_id.in_(found))
    order = (b.c.starts_at.desc(), b.c.id)
    shown = narrowed.order_by(*order).limit(page.rows + 1).offset(page.offset).subquery()
    statement = (
        select(*booking_columns())
        .select_from(booking_joined())
        .where(b.c.id.in_(select(shown.c.id)), booking_scope(actor))
        .order_by(*order)
    )
    rows = [booking_row(row) for row in (await session.execute(statement)).mappings()]
    is_whole = page.offset == 0 and len(rows) <= page.rows
    total = len(rows) if is_whole else await count_some(session, narrowed)
    return Listing(tuple(rows[: page.rows]), page.number, total, len(rows) > page.rows)


def _waits_still(now: datetime) -> ColumnElement[bool]:
    """Tell whether the post has a word to say on an interview to come: to another slot, or to a guest."""
    b, p, g = tables.bookings, tables.proposals, tables.guests
    is_proposed = exists().where(p.c.booking_id == b.c.id, p.c.side == Side.CENTRE, p.c.starts_at > now)
    is_undecided = exists().where(
        g.c.booking_id == b.c.id, g.c.is_agreed.is_(None), g.c.taken_off_at.is_(None)
    )
    return and_(b.c.status == Status.CONFIRMED, b.c.starts_at > now, or_(is_proposed, is_undecided))
