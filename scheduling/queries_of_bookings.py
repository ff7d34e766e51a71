"""The rows behind the screens about bookings: requests that await an answer, and one booking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.availability import day_in
from scheduling.booking import Modality, Status
from scheduling.deadline import Deadline
from scheduling.post import Route
from scheduling.scope import booking_columns, booking_joined, booking_scope, person_for, zone_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingRow:
    """A booking as every list shows it, to either side."""

    booking_id: str
    interview_id: str | None
    reference: str
    status: Status
    modality: Modality
    starts_at: datetime
    ends_at: datetime
    room_id: str
    room_name: str
    centre_id: str
    centre_name: str
    centre_country: str
    centre_zone: str
    post_id: str
    post_name: str
    post_city: str
    post_zone: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A request that awaits its answer."""

    booking: BookingRow
    route: Route
    sent_at: datetime
    deadline: Deadline | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage:
    """One booking; `person` holds what the actor may read about the person, by field."""

    booking: BookingRow
    case_id: str | None
    route: Route
    sent_at: datetime
    answered_at: datetime | None
    deadline: Deadline | None
    reason: str | None
    remark: str
    uid: str
    sequence: int
    disclosed: tuple[str, ...]
    person: Mapping[str, Any]
    may_answer: bool
    may_cancel: bool


async def requests_to_answer(session: AsyncSession, actor: Actor, now: datetime) -> list[RequestRow]:
    """Return the requests of the actor's side without an answer, the most pressing first."""
    b, r = tables.bookings, tables.requests
    statement = (
        select(*booking_columns(), r.c.route, r.c.sent_at, r.c.arrange_by_on)
        .select_from(booking_joined())
        .where(booking_scope(actor), b.c.status == Status.REQUESTED)
        .order_by(r.c.arrange_by_on.is_(None), r.c.arrange_by_on, b.c.starts_at)
    )
    today = day_in(now, await zone_of(session, actor))
    return [
        RequestRow(
            booking=booking_row(row),
            route=Route(row["route"]),
            sent_at=row["sent_at"],
            deadline=_deadline(row["arrange_by_on"], today),
        )
        for row in (await session.execute(statement)).mappings()
    ]


async def booking_page(
    session: AsyncSession, actor: Actor, booking_id: str, now: datetime
) -> BookingPage | None:
    """Return one booking; None where it does not exist for the actor."""
    b, r = tables.bookings, tables.requests
    own = (b.c.reason, b.c.remark, b.c.uid, b.c.sequence, b.c.answered_at)
    asked = (r.c.route, r.c.sent_at, r.c.arrange_by_on, r.c.disclosed, r.c.ended_at)
    statement = (
        select(*booking_columns(), *own, *asked)
        .select_from(booking_joined())
        .where(booking_scope(actor), b.c.id == booking_id)
    )
    row = (await session.execute(statement)).mappings().one_or_none()
    if row is None:
        return None
    lives = row["ended_at"] is None
    person = await person_for(session, actor, row["case_id"], row["disclosed"], request_lives=lives)
    status = Status(row["status"])
    return BookingPage(
        booking=booking_row(row),
        case_id=None if actor.role is Role.CONSULAR_OFFICER else row["case_id"],
        route=Route(row["route"]),
        sent_at=row["sent_at"],
        answered_at=row["answered_at"],
        deadline=_deadline(row["arrange_by_on"], day_in(now, await zone_of(session, actor))),
        reason=row["reason"],
        remark=row["remark"],
        uid=row["uid"],
        sequence=row["sequence"],
        disclosed=tuple(row["disclosed"]),
        person=person,
        may_answer=actor.answers_for(row["post_id"]) and status is Status.REQUESTED,
        may_cancel=_may_cancel(actor, row["centre_id"], row["post_id"], status),
    )


def booking_row(row: Mapping[Any, Any]) -> BookingRow:
    """Return the part of a row that every list shows."""
    values = {name: row[name] for name in BookingRow.__dataclass_fields__}
    values |= {"status": Status(row["status"]), "modality": Modality(row["modality"])}
    return BookingRow(**values)


def _deadline(on: date | None, today: date) -> Deadline | None:
    return None if on is None else Deadline(on, today)


def _may_cancel(actor: Actor, centre_id: str, post_id: str, status: Status) -> bool:
    if actor.hosts_at(centre_id):
        return status in {Status.REQUESTED, Status.CONFIRMED}
    return actor.answers_for(post_id) and status is Status.CONFIRMED
