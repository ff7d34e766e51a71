"""The rows behind the screens about bookings: requests that await an answer, and one booking."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.availability import day_in
from scheduling.booking import Modality, Status
from scheduling.deadline import Deadline
from scheduling.post import Route
from scheduling.scope import (
    booking_columns,
    booking_joined,
    booking_scope,
    person_for,
    reads_cases,
    zone_of,
)

MOST_WAITING = 200


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
    """A request that awaits its answer; since `proposed_at`, if ever, the centre's to another slot."""

    booking: BookingRow
    route: Route
    sent_at: datetime
    expires_at: datetime
    deadline: Deadline | None
    proposed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage:
    """One booking; `person` holds what the actor may read about the person, by field.

    The interpreter's name is for those who read cases.
    """

    booking: BookingRow
    case_id: str | None
    route: Route
    sent_at: datetime
    answered_at: datetime | None
    expires_at: datetime
    deadline: Deadline | None
    reason: str | None
    remark: str
    uid: str
    sequence: int
    interpreter_language: str | None
    interpreter: str
    disclosed: tuple[str, ...]
    person: Mapping[str, Any]
    may_answer: bool
    may_cancel: bool


async def requests_to_answer(session: AsyncConnection, actor: Actor, now: datetime) -> list[RequestRow]:
    """Return the requests of the actor's side without an answer: late ones, then the next to be given up."""
    b, r, p = tables.bookings, tables.requests, tables.proposals
    is_proposed = and_(p.c.booking_id == b.c.id, p.c.starts_at > now)
    today = day_in(now, await zone_of(session, actor))
    is_late = case((r.c.arrange_by_on < today, 0), else_=1)
    statement = (
        select(*booking_columns(), r.c.route, r.c.sent_at, r.c.expires_at, r.c.arrange_by_on, p.c.made_at)
        .select_from(booking_joined().outerjoin(p, is_proposed))
        .where(booking_scope(actor), b.c.status == Status.REQUESTED)
        .order_by(is_late, r.c.expires_at, b.c.starts_at)
        .limit(MOST_WAITING)
    )
    return [
        RequestRow(
            booking=booking_row(row),
            route=Route(row["route"]),
            sent_at=row["sent_at"],
            expires_at=row["expires_at"],
            deadline=_deadline(row["arrange_by_on"], today),
            proposed_at=row["made_at"],
        )
        for row in (await session.execute(statement)).mappings()
    ]


async def booking_page(
    session: AsyncConnection, actor: Actor, booking_id: str, now: datetime
) -> BookingPage | None:
    """Return one booking; None where it does not exist for the actor."""
    b, r, i = tables.bookings, tables.requests, tables.interpreters
    name = select(i.c.name).where(i.c.id == b.c.interpreter_id).scalar_subquery().label("interpreter")
    own = (b.c.reason, b.c.remark, b.c.uid, b.c.sequence, b.c.answered_at, name)
    asked = (r.c.route, r.c.sent_at, r.c.arrange_by_on, r.c.disclosed, r.c.ended_at)
    more = (r.c.interpreter_language, r.c.expires_at)
    statement = (
        select(*booking_columns(), *own, *asked, *more)
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
        expires_at=row["expires_at"],
        deadline=_deadline(row["arrange_by_on"], day_in(now, await zone_of(session, actor))),
        reason=row["reason"],
        remark=row["remark"],
        uid=row["uid"],
        sequence=row["sequence"],
        interpreter_language=row["interpreter_language"],
        interpreter=(row["interpreter"] or "") if reads_cases(actor) else "",
        disclosed=tuple(row["disclosed"]),
        person=person,
        may_answer=actor.answers_for(row["post_id"]) and status is Status.REQUESTED,
        may_cancel=_may_cancel(actor, row, status, now),
    )


def booking_row(row: Mapping[Any, Any]) -> BookingRow:
    """Return the part of a row that every list shows."""
    values = {name: row[name] for name in BookingRow.__dataclass_fields__}
    values |= {"status": Status(row["status"]), "modality": Modality(row["modality"])}
    return BookingRow(**values)


def _deadline(on: date | None, today: date) -> Deadline | None:
    return None if on is None else Deadline(on, today)


def _may_cancel(actor: Actor, row: Mapping[Any, Any], status: Status, now: datetime) -> bool:
    if status is Status.REQUESTED:
        return actor.hosts_at(row["centre_id"])
    is_side = actor.hosts_at(row["centre_id"]) or actor.answers_for(row["post_id"])
    return is_side and status is Status.CONFIRMED and row["ends_at"] > now
