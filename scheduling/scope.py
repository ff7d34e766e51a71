"""Which rows exist for an actor: the conditions and columns that every query of a screen begins with."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Label, false, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.actor import Actor, Role
from scheduling.case import DisclosedField

centres = tables.organisations.alias("centres")
posts = tables.organisations.alias("posts")


def reads_cases(actor: Actor) -> bool:
    """Tell whether the actor may read cases at all; for the others nothing of them is even queried."""
    return actor.role in {Role.SUPERVISOR, Role.CENTRE_STAFF}


def case_scope(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on cases for who may read any: staff see their centre's, supervisors all."""
    if actor.role is Role.SUPERVISOR:
        return true()
    return tables.cases.c.centre_id == actor.organisation_id if reads_cases(actor) else false()


def booking_scope(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on bookings: staff see their centre's, officers their post's."""
    if actor.role is Role.SUPERVISOR:
        return true()
    if actor.role is Role.CENTRE_STAFF:
        return tables.rooms.c.centre_id == actor.organisation_id
    if actor.role is Role.CONSULAR_OFFICER:
        return tables.bookings.c.post_id == actor.organisation_id
    return false()


def booking_joined() -> FromClause:
    """Return bookings joined with request, case, room, centre, post and interview."""
    b = tables.bookings
    return (
        b.join(tables.requests, tables.requests.c.id == b.c.request_id)
        .join(tables.cases, tables.cases.c.id == b.c.case_id)
        .join(tables.rooms, tables.rooms.c.id == b.c.room_id)
        .join(centres, centres.c.id == tables.rooms.c.centre_id)
        .join(posts, posts.c.id == b.c.post_id)
        .outerjoin(tables.interviews, tables.interviews.c.booking_id == b.c.id)
    )


def booking_columns() -> list[Label[Any]]:
    """Return what every list and page of bookings shows; nothing of it tells of a protection claim."""
    b = tables.bookings
    return [
        b.c.id.label("booking_id"),
        b.c.case_id.label("case_id"),
        tables.cases.c.reference.label("reference"),
        b.c.status.label("status"),
        b.c.modality.label("modality"),
        b.c.starts_at.label("starts_at"),
        b.c.ends_at.label("ends_at"),
        b.c.room_id.label("room_id"),
        tables.rooms.c.name.label("room_name"),
        centres.c.id.label("centre_id"),
        centres.c.name.label("centre_name"),
        centres.c.country.label("centre_country"),
        centres.c.zone.label("centre_zone"),
        posts.c.id.label("post_id"),
        posts.c.name.label("post_name"),
        posts.c.city.label("post_city"),
        posts.c.country.label("country"),
        posts.c.zone.label("post_zone"),
        tables.interviews.c.id.label("interview_id"),
    ]


async def person_for(
    session: AsyncConnection, actor: Actor, case_id: str, disclosed: Iterable[str], *, request_lives: bool
) -> dict[str, Any]:
    """Return the person's fields that the actor may read; what is not released is not even selected."""
    if actor.role is Role.CONSULAR_OFFICER:
        released = set(disclosed) if request_lives else set()
        names = [field.value for field in DisclosedField if field.value in released]
    else:
        names = [field.value for field in DisclosedField]
    if not names:
        return {}
    statement = select(*(tables.cases.c[name] for name in names)).where(tables.cases.c.id == case_id)
    return dict((await session.execute(statement)).mappings().one())


async def zone_of(session: AsyncConnection, actor: Actor) -> str:
    """Return the zone that the actor's organisation works in."""
    table = tables.organisations
    statement = select(table.c.zone).where(table.c.id == actor.organisation_id)
    return (await session.execute(statement)).scalar_one_or_none() or "UTC"


async def country_of(session: AsyncConnection, organisation_id: str) -> str:
    """Return the country in which an organisation works; empty where there is none of it."""
    table = tables.organisations
    place = func.coalesce(func.nullif(table.c.host_country, ""), table.c.country)
    statement = select(place).where(table.c.id == organisation_id)
    return (await session.execute(statement)).scalar_one_or_none() or ""
