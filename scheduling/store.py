"""The statements that read and write cases, requests, bookings, interviews and participants."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import RowMapping, Select, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.booking import HOLDING, Booking, Modality, Status
from scheduling.case import Case, CaseStatus, Suitability, fields_from
from scheduling.columns import into
from scheduling.errors import ChangedMeanwhile, NotForYou
from scheduling.history import Versioned
from scheduling.interview import Ending, Interview
from scheduling.participant import Attendance, Correction, LineQuality, Participant, ParticipantRole, Removal
from scheduling.post import Route
from scheduling.request_sent import Request

T = TypeVar("T")


async def add(session: AsyncConnection, table: Table, noun: Any) -> None:
    """Insert a noun whose fields are the table's columns."""
    await session.execute(into(table), columns_of(noun))


def insert_once(session: AsyncConnection, table: Table, *key: str) -> Any:
    """Return an insert that leaves out rows whose key is there already; on PostgreSQL it waits to know.

    `key` names the columns of a unique constraint; without any it is the primary key.
    """
    return _into_once(table, key, session.dialect.name)


@cache
def _into_once(table: Table, key: tuple[str, ...], dialect: str) -> Any:
    kind = postgresql if dialect == "postgresql" else sqlite
    return kind.insert(table).on_conflict_do_nothing(index_elements=key or list(table.primary_key.columns))


async def save(session: AsyncConnection, table: Table, noun: Versioned) -> None:
    """Write the next version of a noun; refuse when the version before it is not the stored one any more."""
    statement = (
        update(table)
        .where(table.c.id == noun.id, table.c.version == noun.version - 1)
        .values(columns_of(noun))
        .returning(table.c.id)
    )
    if (await session.execute(statement)).first() is None:
        raise ChangedMeanwhile(table.name, noun.id)


def columns_of(noun: Any) -> dict[str, Any]:
    """Return a noun's fields as column values; sets and tuples become lists."""
    values = ((each.name, getattr(noun, each.name)) for each in fields(noun))
    return {
        name: sorted(value)
        if isinstance(value, frozenset)
        else list(value)
        if isinstance(value, tuple)
        else value
        for name, value in values
    }


async def load_case(session: AsyncConnection, case_id: str) -> Case:
    """Return a case, locked against others until the transaction ends."""
    return case_from(await _locked(session, tables.cases, "case", case_id))


async def load_request(session: AsyncConnection, request_id: str) -> Request:
    """Return a request, locked."""
    return request_from(await _locked(session, tables.requests, "request", request_id))


async def load_booking(session: AsyncConnection, booking_id: str) -> Booking:
    """Return a booking, locked."""
    return booking_from(await _locked(session, tables.bookings, "booking", booking_id))


async def load_interview(session: AsyncConnection, interview_id: str) -> Interview:
    """Return an interview, locked."""
    return interview_from(await _locked(session, tables.interviews, "interview", interview_id))


async def whose_interview(session: AsyncConnection, interview_id: str) -> tuple[str, str]:
    """Return case and booking of an interview, which never change; nothing is locked."""
    i, b = tables.interviews, tables.bookings
    statement = select(b.c.case_id, b.c.id).join(i, i.c.booking_id == b.c.id).where(i.c.id == interview_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotForYou("interview", interview_id)
    return row.case_id, row.id


async def interview_of(session: AsyncConnection, booking_id: str) -> Interview | None:
    """Return the interview of a booking, locked; None before it was confirmed."""
    table = tables.interviews
    statement = select(table).where(table.c.booking_id == booking_id).with_for_update()
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else interview_from(row)


async def participants_of(
    session: AsyncConnection, interview_id: str, *, locked: bool = True
) -> tuple[Participant, ...]:
    """Return the participants of an interview, locked unless they are only to be looked at."""
    table = tables.participants
    statement = select(table).where(table.c.interview_id == interview_id).order_by(table.c.id)
    if locked:
        statement = statement.with_for_update()
    return tuple(participant_from(row) for row in (await session.execute(statement)).mappings())


async def live_bookings_of(session: AsyncConnection, case_id: str) -> Sequence[Booking]:
    """Return the bookings of a case that hold a slot, locked."""
    table = tables.bookings
    statement = (
        select(table)
        .where(table.c.case_id == case_id, table.c.status.in_(sorted(HOLDING)))
        .order_by(table.c.id)
        .with_for_update()
    )
    return [booking_from(row) for row in (await session.execute(statement)).mappings()]


async def requests_of(session: AsyncConnection, case_id: str) -> Sequence[Request]:
    """Return the requests of a case that live, locked."""
    table = tables.requests
    statement = select(table).where(table.c.case_id == case_id, table.c.ended_at.is_(None)).with_for_update()
    return [request_from(row) for row in (await session.execute(statement)).mappings()]


async def end_request(session: AsyncConnection, request: Request) -> None:
    """Write that a request ended."""
    table = tables.requests
    await session.execute(update(table).where(table.c.id == request.id).values(ended_at=request.ended_at))


@cache  # a statement that is made once keeps what SQLAlchemy works out about it
def _by_id(table: Table) -> Select[*tuple[Any, ...]]:
    return select(table).where(table.c.id == bindparam("noun_id")).with_for_update()


async def _locked(session: AsyncConnection, table: Table, noun: str, noun_id: str) -> RowMapping:
    row = (await session.execute(_by_id(table), {"noun_id": noun_id})).mappings().one_or_none()
    if row is None:
        raise NotForYou(noun, noun_id)
    return row


def case_from(row: Mapping[Any, Any]) -> Case:
    """Return the case that a whole row holds."""
    values = dict(row)
    for name in ("languages", "documents", "vulnerabilities"):
        values[name] = tuple(values[name])
    values["suitability"] = Suitability(values["suitability"])
    values["status"] = CaseStatus(values["status"])
    return Case(**values)


def request_from(row: RowMapping) -> Request:
    """Return the request that a whole row holds."""
    values = dict(row)
    values["route"] = Route(values["route"])
    values["modality"] = Modality(values["modality"])
    values["disclosed"] = fields_from(values["disclosed"])
    return Request(**values)


def booking_from(row: Mapping[Any, Any]) -> Booking:
    """Return the booking that a whole row holds."""
    values = dict(row)
    values["modality"] = Modality(values["modality"])
    values["status"] = Status(values["status"])
    return Booking(**values)


def interview_from(row: RowMapping) -> Interview:
    """Return the interview that a whole row holds."""
    values = dict(row)
    values["ending"] = maybe(Ending, values["ending"])
    return Interview(**values)


def participant_from(row: RowMapping) -> Participant:
    """Return the participant that a whole row holds."""
    values = dict(row)
    values["role"] = ParticipantRole(values["role"])
    values["attendance"] = maybe(Attendance, values["attendance"])
    values["removal"] = maybe(Removal, values["removal"])
    values["correction"] = maybe(Correction, values["correction"])
    values["checked_line"] = maybe(LineQuality, values["checked_line"])
    return Participant(**values)


def maybe(kind: Callable[[Any], T], value: Any) -> T | None:
    """Return the enum of a code, or None for an empty column."""
    return None if value is None else kind(value)
