"""The list of interviews by page: narrowed, counted to a bound, and never read whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.availability import day_in
from scheduling.booking import Status
from scheduling.interview import Ending, ending_for
from scheduling.listing import MOST_COUNTED, Listing, Slice
from scheduling.queries_of_bookings import BookingRow, booking_row
from scheduling.scope import booking_columns, booking_joined, booking_scope, zone_of
from scheduling.store import maybe

RUNNING_AT_MOST = timedelta(hours=12)
"""An interview that began before midnight and still runs belongs to today, if it began within these hours."""
DESK_ROWS = 100
REFERENCE_CHARS = 7


class When(StrEnum):
    """Which part of the calendar a list shows."""

    COMING = "coming"
    PAST = "past"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewFilter:
    """What narrows the list; an empty value narrows nothing. Days are of the reader's own zone."""

    when: When = When.COMING
    status: Status | None = None
    post_id: str = ""
    centre_id: str = ""
    room_id: str = ""
    from_on: date | None = None
    until_on: date | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewRow:
    """An interview as lists show it; the ending reads as the actor may read it."""

    booking: BookingRow
    interview_id: str
    started_at: datetime | None
    ended_at: datetime | None
    ending: Ending | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewLists:
    """The nearest interviews by day of the reader's own zone; what was given up stands among the past."""

    today: tuple[InterviewRow, ...]
    coming: tuple[InterviewRow, ...]
    past: tuple[InterviewRow, ...]


async def list_interviews(
    session: AsyncConnection, actor: Actor, now: datetime, wanted: InterviewFilter, page: Slice
) -> Listing[InterviewRow]:
    """Return one page of the interviews that the actor may see: to come first to last, else newest first."""
    zone = await zone_of(session, actor)
    narrowed = await _narrowed(session, actor, now, zone, wanted)
    starts = tables.bookings.c.starts_at
    order = starts if wanted.when is When.COMING else starts.desc()
    rows = await _rows(session, actor, narrowed, order=order, most=page.rows + 1, offset=page.offset)
    is_whole = page.offset == 0 and len(rows) <= page.rows
    found = len(rows) if is_whole else await count_some(session, narrowed)
    return Listing(tuple(rows[: page.rows]), page.number, found, len(rows) > page.rows)


async def interviews_today(session: AsyncConnection, actor: Actor, now: datetime) -> tuple[InterviewRow, ...]:
    """Return the interviews of the reader's own day, and what still runs; `DESK_ROWS` at most."""
    zone = await zone_of(session, actor)
    starts, status = tables.bookings.c.starts_at, tables.bookings.c.status
    ends_at = midnight(day_in(now, zone) + timedelta(days=1), zone)
    standing = await _narrowed(session, actor, now, zone, InterviewFilter())
    today = standing.where(or_(starts < ends_at, status == Status.IN_PROGRESS))
    return tuple(await _rows(session, actor, today, order=starts))


async def interviews_of(session: AsyncConnection, actor: Actor, now: datetime) -> InterviewLists:
    """Return the interviews around now, `DESK_ROWS` of each part at most; the past ones newest first."""
    zone = await zone_of(session, actor)
    starts, status = tables.bookings.c.starts_at, tables.bookings.c.status
    ends_at = midnight(day_in(now, zone) + timedelta(days=1), zone)
    standing = await _narrowed(session, actor, now, zone, InterviewFilter())
    coming = standing.where(starts >= ends_at, status == Status.CONFIRMED)
    past = await _narrowed(session, actor, now, zone, InterviewFilter(when=When.PAST))
    return InterviewLists(
        today=await interviews_today(session, actor, now),
        coming=tuple(await _rows(session, actor, coming, order=starts)),
        past=tuple(await _rows(session, actor, past, order=starts.desc())),
    )


async def count_coming(session: AsyncConnection, actor: Actor, now: datetime) -> int:
    """Count the confirmed interviews after today."""
    zone = await zone_of(session, actor)
    b = tables.bookings
    ends_at = midnight(day_in(now, zone) + timedelta(days=1), zone)
    narrowed = _scoped(actor).where(b.c.starts_at >= ends_at, b.c.status == Status.CONFIRMED)
    return (await session.execute(select(func.count()).select_from(narrowed.subquery()))).scalar_one()


async def count_some(session: AsyncConnection, narrowed: Select[Any]) -> int:
    """Count the rows of a statement, to one more than a list says at most."""
    some = narrowed.limit(MOST_COUNTED + 1).subquery()
    return (await session.execute(select(func.count()).select_from(some))).scalar_one()


def midnight(on: date, zone: str) -> datetime:
    """Return when a day begins in a zone."""
    return datetime.combine(on, time(), tzinfo=ZoneInfo(zone))


def reference_like(text: str) -> ColumnElement[bool]:
    """Return the condition on a case's reference: whole, or its beginning."""
    column, wanted = tables.cases.c.reference, text.strip().upper()
    is_whole = len(wanted) == REFERENCE_CHARS
    return column == wanted if is_whole else column.startswith(wanted, autoescape=True)


async def _narrowed(
    session: AsyncConnection, actor: Actor, now: datetime, zone: str, wanted: InterviewFilter
) -> Select[Any]:
    b, r = tables.bookings, tables.rooms
    statement = _scoped(actor).where(*_in_part(wanted.when, day_in(now, zone), zone))
    if wanted.centre_id:
        rooms = (await session.scalars(select(r.c.id).where(r.c.centre_id == wanted.centre_id))).all()
        statement = statement.where(b.c.room_id.in_(rooms))
    for column, value in (
        (b.c.status, wanted.status),
        (b.c.post_id, wanted.post_id),
        (b.c.room_id, wanted.room_id),
    ):
        statement = statement.where(column == value) if value else statement
    if wanted.from_on:
        statement = statement.where(b.c.starts_at >= midnight(wanted.from_on, zone))
    if wanted.until_on:
        statement = statement.where(b.c.starts_at < midnight(wanted.until_on + timedelta(days=1), zone))
    if wanted.reference:
        c = tables.cases
        statement = statement.where(b.c.case_id.in_(select(c.c.id).where(reference_like(wanted.reference))))
    return statement


def _scoped(actor: Actor) -> Select[Any]:
    """Begin with the identifiers alone: what is shown is read for the rows of one page only."""
    b, r = tables.bookings, tables.rooms
    statement = select(b.c.id).join(tables.interviews, tables.interviews.c.booking_id == b.c.id)
    if actor.role is Role.CENTRE_STAFF:
        return statement.where(b.c.room_id.in_(select(r.c.id).where(r.c.centre_id == actor.organisation_id)))
    return statement.where(booking_scope(actor))


def _in_part(when: When, today: date, zone: str) -> tuple[ColumnElement[bool], ...]:
    b = tables.bookings
    begins, ends = midnight(today, zone), midnight(today + timedelta(days=1), zone)
    since = b.c.starts_at >= begins - RUNNING_AT_MOST
    stands = or_(
        b.c.status == Status.IN_PROGRESS,
        and_(b.c.status == Status.CONFIRMED, b.c.starts_at >= begins),
        and_(b.c.status == Status.COMPLETED, b.c.starts_at >= begins, b.c.starts_at < ends),
    )
    if when is When.COMING:
        return (since, stands)
    return (not_(and_(since, stands)),) if when is When.PAST else ()


async def _rows(
    session: AsyncConnection,
    actor: Actor,
    narrowed: Select[Any],
    *,
    order: ColumnElement[Any] | UnaryExpression[Any],
    most: int = DESK_ROWS,
    offset: int = 0,
) -> list[InterviewRow]:
    i, b = tables.interviews, tables.bookings
    page = narrowed.order_by(order, b.c.id).limit(most).offset(offset).subquery()
    statement = (
        select(*booking_columns(), i.c.started_at, i.c.ended_at, i.c.ending)
        .select_from(booking_joined())
        .where(b.c.id.in_(select(page.c.id)), booking_scope(actor))
        .order_by(order, b.c.id)
    )
    return [interview_row(actor, row) for row in (await session.execute(statement)).mappings()]


def interview_row(actor: Actor, row: Mapping[Any, Any]) -> InterviewRow:
    """Return the part of a row that every list shows."""
    return InterviewRow(
        booking=booking_row(row),
        interview_id=row["interview_id"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        ending=ending_for(actor.role, maybe(Ending, row["ending"])),
    )
