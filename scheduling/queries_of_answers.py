"""What hangs on a booking beside its slot: the ranked wishes, the guests, another slot that is proposed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_wishes, tables
from scheduling.actor import Actor, Role
from scheduling.booking import Status
from scheduling.guest import Guest
from scheduling.queries_of_bookings import MOST_WAITING, BookingPage, BookingRow, booking_row
from scheduling.scope import booking_columns, booking_joined, booking_scope
from scheduling.wish import Side, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedSlot:
    """Another slot that one side offers; `is_own` when the reader speaks for that side."""

    starts_at: datetime
    ends_at: datetime
    room_name: str
    remark: str
    side: Side
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage:
    """What an answer needs to know; `officers` are the (identifier, name) pairs of the actor's own post."""

    wishes: dict[int, Wish]
    guests: tuple[Guest, ...]
    officers: tuple[tuple[str, str], ...]
    proposal: ProposedSlot | None
    chase_at: datetime
    chased_at: datetime | None
    expires_at: datetime


async def answer_page(session: AsyncConnection, actor: Actor, page: BookingPage) -> AnswerPage:
    """Return what hangs on a booking that the actor may see, as `page` proves."""
    booking_id = page.booking.booking_id
    b, r = tables.bookings, tables.requests
    asked = select(r.c.chase_at, r.c.chased_at, r.c.expires_at).join(b, b.c.request_id == r.c.id)
    request = (await session.execute(asked.where(b.c.id == booking_id))).one()
    return AnswerPage(
        wishes=await store_wishes.wishes_of(session, booking_id),
        guests=await store_wishes.guests_of(session, booking_id),
        officers=await _officers(session, actor) if page.may_answer else (),
        proposal=await _proposed(session, actor, booking_id),
        chase_at=request.chase_at,
        chased_at=request.chased_at,
        expires_at=request.expires_at,
    )


async def guests_to_decide(session: AsyncConnection, actor: Actor, now: datetime) -> list[BookingRow]:
    """Return the coming interviews of the actor's post with guests of whom it has not said a word."""
    if actor.role is not Role.CONSULAR_OFFICER:
        return []
    b, g = tables.bookings, tables.guests
    is_open = exists().where(g.c.booking_id == b.c.id, g.c.is_agreed.is_(None), g.c.taken_off_at.is_(None))
    statement = (
        select(*booking_columns())
        .select_from(booking_joined())
        .where(booking_scope(actor), b.c.status == Status.CONFIRMED, b.c.starts_at > now, is_open)
        .order_by(b.c.starts_at, b.c.id)
        .limit(MOST_WAITING)
    )
    return [booking_row(row) for row in (await session.execute(statement)).mappings()]


async def _officers(session: AsyncConnection, actor: Actor) -> tuple[tuple[str, str], ...]:
    a = tables.accounts
    statement = (
        select(a.c.id, a.c.name)
        .where(a.c.organisation_id == actor.organisation_id, a.c.role == Role.CONSULAR_OFFICER, a.c.is_active)
        .order_by(a.c.name)
    )
    return tuple((row.id, row.name) for row in (await session.execute(statement)).all())


async def _proposed(session: AsyncConnection, actor: Actor, booking_id: str) -> ProposedSlot | None:
    p, m = tables.proposals, tables.rooms
    statement = (
        select(p.c.side, p.c.starts_at, p.c.ends_at, p.c.remark, m.c.name)
        .join(m, m.c.id == p.c.room_id)
        .where(p.c.booking_id == booking_id)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        return None
    own = {Role.CONSULAR_OFFICER: Side.POST, Role.CENTRE_STAFF: Side.CENTRE}.get(actor.role)
    return ProposedSlot(
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room_name=row.name,
        remark=row.remark,
        side=Side(row.side),
        is_own=row.side == own,
    )
