"""The statements that read an owner of hours and write its plan."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, tables
from scheduling.availability import WeeklyHours
from scheduling.errors import NotForYou
from scheduling.identifier import new_id
from scheduling.offer import ClosureKind
from scheduling.owner import Owner, OwnerKind
from scheduling.plan import Dated, Pace, weekdays_of
from scheduling.slot import Interval
from scheduling.store import columns_of


async def load_owner(session: AsyncConnection, owner_id: str) -> Owner:
    """Return the post, centre, authority, room or interpreter of this identifier."""
    o, r, i = tables.organisations, tables.rooms, tables.interpreters
    row = (await session.execute(select(o).where(o.c.id == owner_id))).mappings().one_or_none()
    if row is not None:
        countries = frozenset({row["country"], row["host_country"]})
        return Owner(
            id=owner_id,
            kind=OwnerKind(row["kind"]),
            name=row["name"],
            zone=row["zone"],
            organisation_id=owner_id,
            countries=countries,
        )
    room = (
        select(r.c.name, r.c.centre_id, o.c.zone).join(o, o.c.id == r.c.centre_id).where(r.c.id == owner_id)
    )
    row = (await session.execute(room)).mappings().one_or_none()
    if row is not None:
        return Owner(
            id=owner_id,
            kind=OwnerKind.ROOM,
            name=row["name"],
            zone=row["zone"],
            organisation_id=row["centre_id"],
        )
    row = (await session.execute(select(i).where(i.c.id == owner_id))).mappings().one_or_none()
    if row is None:
        raise NotForYou("place", owner_id)
    return Owner(id=owner_id, kind=OwnerKind.INTERPRETER, name=row["name"], zone=row["zone"])


async def lock_owner(session: AsyncConnection, owner: Owner) -> None:
    """Keep the row of an owner until the transaction ends, so that two who save it come one by one."""
    o = {OwnerKind.ROOM: tables.rooms, OwnerKind.INTERPRETER: tables.interpreters}.get(
        owner.kind, tables.organisations
    )
    await session.execute(select(o.c.id).where(o.c.id == owner.id).with_for_update(key_share=True))


async def plain_hours(session: AsyncConnection, owner_id: str) -> tuple[list[WeeklyHours], list[WeeklyHours]]:
    """Return the weekly hours that a form can show, and the others."""
    every = (await store_hours.hours_of(session, [owner_id]))[owner_id]
    plain = [hours for hours in every if weekdays_of(hours) is not None]
    return sorted(plain, key=lambda hours: (hours.starts_local, hours.rule)), [
        hours for hours in every if hours not in plain
    ]


async def dated_of(session: AsyncConnection, table: Table, owner_id: str, now: datetime) -> list[Dated]:
    """Return openings or closures (not the imported busy times) that are not over."""
    rows = await session.execute(
        select(table).where(_coming(table, owner_id, now)).order_by(table.c.starts_at)
    )
    return [Dated(Interval(row["starts_at"], row["ends_at"]), row["reason"]) for row in rows.mappings()]


async def write_weekly(session: AsyncConnection, owner_id: str, hours: Sequence[WeeklyHours]) -> None:
    """Put these weekly hours in the place of those that a form can show; the others stay."""
    shown, kept = await plain_hours(session, owner_id)
    if list(hours) == shown:
        return
    await session.execute(delete(tables.availability).where(tables.availability.c.owner_id == owner_id))
    for each in [*hours, *kept]:
        await store_hours.add_hours(session, owner_id, each)


async def write_zone(session: AsyncConnection, owner_id: str, zone: str) -> None:
    """Read the weekly hours of an owner, or of the rooms of a centre, on another wall clock from now on."""
    table, r = tables.availability, tables.rooms
    own = table.c.owner_id.in_(select(r.c.id).where(r.c.centre_id == owner_id))
    await session.execute(update(table).where(own | (table.c.owner_id == owner_id)).values(zone=zone))


async def write_dated(
    session: AsyncConnection, table: Table, owner_id: str, wanted: Iterable[Dated], now: datetime
) -> None:
    """Put these dates in the place of those that are not over."""
    standing, chosen = set(await dated_of(session, table, owner_id, now)), set(wanted)
    for each in standing - chosen:
        await session.execute(
            delete(table).where(
                _coming(table, owner_id, now),
                table.c.starts_at == each.interval.starts_at,
                table.c.ends_at == each.interval.ends_at,
                table.c.reason == each.reason,
            )
        )
    for each in sorted(chosen - standing):
        times = {"starts_at": each.interval.starts_at, "ends_at": each.interval.ends_at}
        await session.execute(
            insert(table).values(id=new_id(), owner_id=owner_id, reason=each.reason, **times)
        )


async def write_worked(
    session: AsyncConnection, owner_id: str, days: Iterable[date], first: date, last: date
) -> None:
    """Put these worked holidays in the place of those from the first day to the last."""
    table = tables.worked_holidays
    await session.execute(
        delete(table).where(table.c.owner_id == owner_id, table.c.worked_on.between(first, last))
    )
    for day in sorted(set(days)):
        await session.execute(insert(table).values(owner_id=owner_id, worked_on=day))


async def write_pace(session: AsyncConnection, post_id: str, pace: Pace) -> None:
    """Write how a post takes interviews."""
    table = tables.organisations
    await session.execute(update(table).where(table.c.id == post_id).values(columns_of(pace)))


async def busy_of(session: AsyncConnection, owner_id: str) -> list[Interval]:
    """Return the imported busy times, in order of time."""
    table = tables.closures
    statement = select(table.c.starts_at, table.c.ends_at).where(
        table.c.owner_id == owner_id, table.c.kind == ClosureKind.BUSY
    )
    return sorted(Interval(*times) for times in (await session.execute(statement)).all())


async def write_busy(session: AsyncConnection, owner_id: str, busy: Iterable[Interval]) -> None:
    """Put these busy times in the place of all that were imported before."""
    table = tables.closures
    await session.execute(delete(table).where(table.c.owner_id == owner_id, table.c.kind == ClosureKind.BUSY))
    rows = [
        {
            "id": new_id(),
            "owner_id": owner_id,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
            "reason": "",
            "kind": ClosureKind.BUSY,
        }
        for each in busy
    ]
    if rows:
        await session.execute(insert(table), rows)


def _coming(table: Table, owner_id: str, now: datetime) -> ColumnElement[bool]:
    coming = (table.c.owner_id == owner_id) & (table.c.ends_at > now)
    return coming & (table.c.kind == ClosureKind.CLOSED) if table is tables.closures else coming
