"""The statements that read and write when somebody can be had: weekly hours, openings, closures, holidays."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.availability import WeeklyHours, hours_within
from scheduling.columns import among, many
from scheduling.identifier import new_id
from scheduling.offer import Closure, ClosureKind
from scheduling.slot import Interval, merged
from scheduling.store import columns_of

# What every search for slots sends is made once: SQLAlchemy works each out a single time.
_HOURS, _OPENINGS, _CLOSURES = tables.availability, tables.openings, tables.closures
_WORKED = tables.worked_holidays
_HOURS_OF = select(
    _HOURS.c.owner_id,
    _HOURS.c.rule,
    _HOURS.c.from_on,
    _HOURS.c.starts_local,
    _HOURS.c.ends_local,
    _HOURS.c.zone,
).where(among(_HOURS.c.owner_id, many("owners")))
_OPENINGS_OF = select(_OPENINGS.c.owner_id, _OPENINGS.c.starts_at, _OPENINGS.c.ends_at).where(
    among(_OPENINGS.c.owner_id, many("owners")),
    _OPENINGS.c.starts_at < bindparam("until"),
    _OPENINGS.c.ends_at > bindparam("since"),
)
_CLOSURES_OF = (
    select(_CLOSURES)
    .where(
        among(_CLOSURES.c.owner_id, many("owners")),
        _CLOSURES.c.starts_at < bindparam("until"),
        _CLOSURES.c.ends_at > bindparam("since"),
    )
    .order_by(_CLOSURES.c.starts_at)
)
_WORKED_BY = select(_WORKED.c.owner_id, _WORKED.c.worked_on).where(among(_WORKED.c.owner_id, many("owners")))


def _asked(owner_ids: Iterable[str], window: Interval) -> dict[str, Any]:
    return {"owners": list(owner_ids), "since": window.starts_at, "until": window.ends_at}


async def hours_of(session: AsyncConnection, owner_ids: Iterable[str]) -> dict[str, list[WeeklyHours]]:
    """Return the weekly hours of posts, rooms and interpreters; every owner asked for has a list."""
    asked: dict[str, list[WeeklyHours]] = {owner_id: [] for owner_id in owner_ids}
    for owner_id, *hours in (await session.execute(_HOURS_OF, {"owners": list(asked)})).all():
        asked[owner_id].append(WeeklyHours(*hours))
    return asked


async def openings_of(
    session: AsyncConnection, owner_ids: Iterable[str], window: Interval
) -> dict[str, list[Interval]]:
    """Return the hours beyond the weekly ones that overlap a window; every owner asked for has a list."""
    asked: dict[str, list[Interval]] = {owner_id: [] for owner_id in owner_ids}
    found = await session.execute(_OPENINGS_OF, _asked(asked, window))
    for owner_id, starts_at, ends_at in found.all():
        asked[owner_id].append(Interval(starts_at, ends_at))
    return asked


async def open_hours(
    session: AsyncConnection, owner_ids: Iterable[str], window: Interval
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
    session: AsyncConnection, owner_ids: Iterable[str], window: Interval
) -> tuple[Closure, ...]:
    """Return the closures and busy times of owners that overlap a window, in order of time."""
    found = await session.execute(_CLOSURES_OF, _asked(owner_ids, window))
    return tuple(
        Closure(
            row["owner_id"],
            Interval(row["starts_at"], row["ends_at"]),
            row["reason"],
            ClosureKind(row["kind"]),
            id=row["id"],
        )
        for row in found.mappings()
    )


async def worked_holidays_of(session: AsyncConnection, owner_ids: Iterable[str]) -> dict[str, set[date]]:
    """Return the public holidays on which owners work; every owner asked for has a set."""
    asked: dict[str, set[date]] = {owner_id: set() for owner_id in owner_ids}
    for owner_id, worked_on in (await session.execute(_WORKED_BY, {"owners": list(asked)})).all():
        asked[owner_id].add(worked_on)
    return asked


async def add_hours(session: AsyncConnection, owner_id: str, hours: WeeklyHours) -> None:
    """Insert weekly hours of a post, a room or an interpreter."""
    row = columns_of(hours) | {"id": new_id(), "owner_id": owner_id}
    await session.execute(insert(tables.availability).values(row))


async def add_opening(session: AsyncConnection, owner_id: str, interval: Interval, reason: str = "") -> str:
    """Insert hours beyond the weekly ones; gives their identifier."""
    row = {"id": new_id(), "owner_id": owner_id, "reason": reason}
    times = {"starts_at": interval.starts_at, "ends_at": interval.ends_at}
    await session.execute(insert(tables.openings).values(row | times))
    return row["id"]


async def add_closure(session: AsyncConnection, closure: Closure) -> str:
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


async def work_on(session: AsyncConnection, owner_id: str, worked_on: date, *, works: bool) -> None:
    """Note that an owner works on a public holiday, or (False) that it does not after all."""
    table = tables.worked_holidays
    await session.execute(delete(table).where(table.c.owner_id == owner_id, table.c.worked_on == worked_on))
    if works:
        await session.execute(insert(table).values(owner_id=owner_id, worked_on=worked_on))
