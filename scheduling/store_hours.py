"""The statements that read and write when somebody can be had: weekly hours, openings, closures, holidays."""

from collections.abc import Iterable
from datetime import date
from functools import cache

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import tables
from scheduling.availability import WeeklyHours, hours_within
from scheduling.identifier import new_id
from scheduling.offer import Closure, ClosureKind
from scheduling.slot import Interval, merged
from scheduling.store import columns_of


async def hours_of(session: AsyncSession, owner_ids: Iterable[str]) -> dict[str, list[WeeklyHours]]:
    """Return the weekly hours of posts, rooms and interpreters; every owner asked for has a list."""
    asked: dict[str, list[WeeklyHours]] = {owner_id: [] for owner_id in owner_ids}
    table = tables.availability
    for row in (await session.execute(select(table).where(table.c.owner_id.in_(asked)))).mappings():
        hours = WeeklyHours(row["rule"], row["from_on"], row["starts_local"], row["ends_local"], row["zone"])
        asked[row["owner_id"]].append(hours)
    return asked


async def openings_of(
    session: AsyncSession, owner_ids: Iterable[str], window: Interval
) -> dict[str, list[Interval]]:
    """Return the hours beyond the weekly ones that overlap a window; every owner asked for has a list."""
    asked: dict[str, list[Interval]] = {owner_id: [] for owner_id in owner_ids}
    table = tables.openings
    statement = select(table.c.owner_id, table.c.starts_at, table.c.ends_at).where(
        table.c.owner_id.in_(asked), table.c.starts_at < window.ends_at, table.c.ends_at > window.starts_at
    )
    for owner_id, starts_at, ends_at in (await session.execute(statement)).all():
        asked[owner_id].append(Interval(starts_at, ends_at))
    return asked


async def open_hours(
    session: AsyncSession, owner_ids: Iterable[str], window: Interval
) -> dict[str, list[Interval]]:
    """Return when each owner is open within a window, merged: weekly hours and openings together."""
    owners = list(owner_ids)
    weekly, more = await hours_of(session, owners), await openings_of(session, owners, window)

    @cache  # the rooms of a centre mostly share their hours
    def within(rules: tuple[WeeklyHours, ...]) -> list[Interval]:
        return hours_within(rules, window)

    shared = {owner: within(tuple(weekly[owner])) for owner in owners}
    return {
        owner: merged([*shared[owner], *more[owner]]) if more[owner] else shared[owner] for owner in owners
    }


async def closures_of(
    session: AsyncSession, owner_ids: Iterable[str], window: Interval
) -> tuple[Closure, ...]:
    """Return the closures and busy times of owners that overlap a window, in order of time."""
    table = tables.closures
    statement = (
        select(table)
        .where(
            table.c.owner_id.in_(list(owner_ids)),
            table.c.starts_at < window.ends_at,
            table.c.ends_at > window.starts_at,
        )
        .order_by(table.c.starts_at)
    )
    return tuple(
        Closure(
            row["owner_id"],
            Interval(row["starts_at"], row["ends_at"]),
            row["reason"],
            ClosureKind(row["kind"]),
            id=row["id"],
        )
        for row in (await session.execute(statement)).mappings()
    )


async def worked_holidays_of(session: AsyncSession, owner_ids: Iterable[str]) -> dict[str, set[date]]:
    """Return the public holidays on which owners work; every owner asked for has a set."""
    asked: dict[str, set[date]] = {owner_id: set() for owner_id in owner_ids}
    table = tables.worked_holidays
    statement = select(table).where(table.c.owner_id.in_(asked))
    for owner_id, worked_on in (await session.execute(statement)).all():
        asked[owner_id].add(worked_on)
    return asked


async def add_hours(session: AsyncSession, owner_id: str, hours: WeeklyHours) -> None:
    """Insert weekly hours of a post, a room or an interpreter."""
    row = columns_of(hours) | {"id": new_id(), "owner_id": owner_id}
    await session.execute(insert(tables.availability).values(row))


async def add_opening(session: AsyncSession, owner_id: str, interval: Interval, reason: str = "") -> str:
    """Insert hours beyond the weekly ones; gives their identifier."""
    row = {"id": new_id(), "owner_id": owner_id, "reason": reason}
    times = {"starts_at": interval.starts_at, "ends_at": interval.ends_at}
    await session.execute(insert(tables.openings).values(row | times))
    return row["id"]


async def add_closure(session: AsyncSession, closure: Closure) -> str:
    """Insert a closure or a busy time; gives its identifier."""
    row = {
        "id": closure.id or new_id(),
        "owner_id": closure.owner_id,
        "starts_at": closure.interval.starts_at,
        "ends_at": closure.interval.ends_at,
        "reason": closure.reason,
        "kind": closure.kind,
    }
    await session.execute(insert(tables.closures).values(row))
    return str(row["id"])


async def work_on(session: AsyncSession, owner_id: str, worked_on: date, *, works: bool) -> None:
    """Note that an owner works on a public holiday, or (False) that it does not after all."""
    table = tables.worked_holidays
    await session.execute(delete(table).where(table.c.owner_id == owner_id, table.c.worked_on == worked_on))
    if works:
        await session.execute(insert(table).values(owner_id=owner_id, worked_on=worked_on))
