"""The list of cases by page, by the day detention must end; and what a desk shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor
from scheduling.availability import day_in
from scheduling.booking import Status
from scheduling.case import CaseStatus, Suitability
from scheduling.deadline import SHORT_DAYS
from scheduling.listing import Listing, Slice
from scheduling.next_step import NextStep
from scheduling.queries_of_cases import CaseRow, case_rows
from scheduling.queries_of_interview_lists import count_some, reference_like
from scheduling.scope import case_scope, reads_cases, zone_of
from scheduling.wish import Side

DESK_ROWS = 100
_STANDING = (Status.IN_PROGRESS, Status.CONFIRMED, Status.REQUESTED, Status.COMPLETED)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """What narrows the list of open cases; an empty value narrows nothing."""

    step: NextStep | None = None
    country: str = ""
    centre_id: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """How many cases are open, and how many of them end soon."""

    open: int
    short: int


async def list_cases(
    session: AsyncConnection, actor: Actor, now: datetime, wanted: CaseFilter, page: Slice
) -> Listing[CaseRow]:
    """Return one page of the open cases that the actor may read, those whose detention ends first on top."""
    if not reads_cases(actor):
        return Listing((), page.number, 0, has_more=False)
    today = day_in(now, await zone_of(session, actor))
    narrowed = _narrowed(actor, now, today, wanted)
    rows = await case_rows(session, narrowed, now, most=page.rows + 1, offset=page.offset)
    is_whole = page.offset == 0 and len(rows) <= page.rows
    found = len(rows) if is_whole else await count_some(session, narrowed)
    return Listing(tuple(rows[: page.rows]), page.number, found, len(rows) > page.rows)


async def cases_to_settle(session: AsyncConnection, actor: Actor, now: datetime) -> Sequence[CaseRow]:
    """Return the cases without a standing request that nobody assessed or whose detention ends soon."""
    c = tables.cases
    today = day_in(now, await zone_of(session, actor))
    soon = today + timedelta(days=SHORT_DAYS)
    presses = or_(c.c.suitability == Suitability.NOT_ASSESSED, c.c.detention_ends_on < soon)
    waits = not_(_has(Status.REQUESTED, Status.CONFIRMED, Status.IN_PROGRESS))
    narrowed = _narrowed(actor, now, today, CaseFilter()).where(not_(c.c.protection_open), presses, waits)
    return await case_rows(session, narrowed, now, most=DESK_ROWS)


async def count_cases(session: AsyncConnection, actor: Actor, now: datetime) -> CaseFigures:
    """Count the open cases that the actor may read."""
    today = day_in(now, await zone_of(session, actor))
    soon = tables.cases.c.detention_ends_on < today + timedelta(days=SHORT_DAYS)
    everything = _narrowed(actor, now, today, CaseFilter())

    async def count(narrowed: Select[Any]) -> int:
        return (await session.execute(select(func.count()).select_from(narrowed.subquery()))).scalar_one()

    return CaseFigures(await count(everything), await count(everything.where(soon)))


def _narrowed(actor: Actor, now: datetime, today: date, wanted: CaseFilter) -> Select[Any]:
    c = tables.cases
    statement = select(c.c.id).where(case_scope(actor), c.c.status == CaseStatus.OPEN)
    if wanted.step:
        statement = statement.where(_stands_at(wanted.step, now, today))
    if wanted.country:
        statement = statement.where(c.c.country == wanted.country)
    if wanted.centre_id:
        statement = statement.where(c.c.centre_id == wanted.centre_id)
    if wanted.reference:
        statement = statement.where(reference_like(wanted.reference))
    return statement


def _stands_at(step: NextStep, now: datetime, today: date) -> ColumnElement[bool]:
    """Say in the database's words what `next_step` says; a test compares the two for every state."""
    c = tables.cases
    claim = c.c.protection_open
    if step is NextStep.SUSPENDED:
        return claim
    if step in {NextStep.ANSWER, NextStep.AWAIT_ANSWER, NextStep.ANSWER_LATE}:
        asked = and_(not_(claim), _counts(Status.REQUESTED))
        late, proposed = _is_late(today), _is_proposed(now)
        if step is NextStep.ANSWER:
            return and_(asked, proposed)
        return and_(asked, not_(proposed), late if step is NextStep.ANSWER_LATE else not_(late))
    if step in _BY_STEP:
        return and_(not_(claim), _counts(_BY_STEP[step]))
    free = and_(not_(claim), not_(_has(*_STANDING)))
    assessed = c.c.suitability != Suitability.NOT_ASSESSED
    if step is NextStep.ASSESS:
        return and_(free, not_(assessed))
    return and_(free, assessed) if step is NextStep.REQUEST else c.c.id.is_(None)


_BY_STEP = {
    NextStep.INTERVIEW_RUNNING: Status.IN_PROGRESS,
    NextStep.INTERVIEW_PLANNED: Status.CONFIRMED,
    NextStep.AWAIT_OUTCOME: Status.COMPLETED,
}


def _has(*statuses: Status) -> ColumnElement[bool]:
    b = tables.bookings
    return exists().where(b.c.case_id == tables.cases.c.id, b.c.status.in_(statuses))


def _counts(status: Status) -> ColumnElement[bool]:
    """Tell whether the booking that counts has this status: it is there, and none that counts more."""
    more = _STANDING[: _STANDING.index(status)]
    return and_(_has(status), not_(_has(*more))) if more else _has(status)


def _is_late(today: date) -> ColumnElement[bool]:
    b, r = tables.bookings, tables.requests
    return exists().where(
        b.c.case_id == tables.cases.c.id,
        b.c.status == Status.REQUESTED,
        r.c.id == b.c.request_id,
        r.c.arrange_by_on < today,
    )


def _is_proposed(now: datetime) -> ColumnElement[bool]:
    b, p = tables.bookings, tables.proposals
    return exists().where(
        b.c.case_id == tables.cases.c.id,
        b.c.status == Status.REQUESTED,
        p.c.booking_id == b.c.id,
        p.c.side == Side.POST,
        p.c.starts_at > now,
    )
