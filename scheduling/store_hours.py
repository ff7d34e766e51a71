"""The statements that read and write when somebody can be had: weekly hours, openings, closures, holidays."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import tables
from scheduling.availability import WeeklyHours, hours_within
from scheduling.columns import among, many
from scheduling.identifier import new_id
from scheduling.offer import Closure, ClosureKind
from scheduling.slot import Interval, merged
from scheduling.store import columns_of

# What every search for slots sends is made once: SQLAlchemy works each out a single time.
_HOURS = tables.availability
_WORKED = tables.worked_holidays
_HOURS_OF = select(
    _HOURS.c.owner_id,
    _HOURS.c.rule,
    _HOURS.c.from_on,
    _HOURS.c.starts_local,
    _HOURS.c.ends_local,
    _HOURS.c.zone,
).where(among(_HOURS.c.owner_id, many("owners")))


def _dates_in(table: Table, kind: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    columns = (table.c.id, table.c.owner_id, table.c.starts_at, table.c.ends_at, table.c.reason)
    return select(*columns, kind.label("kind")).where(
        among(table.c.owner_id, many("owners")),
        table.c.starts_at < bindparam("until"),
        table.c.ends_at > bindparam("since"),
    )


_OPENING = "opening"
_DATES_OF = union_all(
    _dates_in(tables.openings, literal_column(f"'{_OPENING}'", String())),
    _dates_in(tables.closures, tables.closures.c.kind),
).order_by("starts_at")
_WORKED_BY = select(_WORKED.c.owner_id, _WORKED.c.worked_on).where(among(_WORKED.c.owner_id, many("owners")))


class Dates(NamedTuple):
    """What owners do otherwise than every week: when each is open as well, and every closure."""

    openings: dict[str, list[Interval]]
    closures: tuple[Closure, ...]


async def hours_of(session: AsyncConnection, owner_ids: Iterable[str]) -> dict[str, list[WeeklyHours]]:
    """Return the weekly hours of posts, rooms and interpreters; every owner asked for has a list."""
    asked: dict[str, list[WeeklyHours]] = {owner_id: [] for owner_id in owner_ids}
    for owner_id, *hours in (await session.execute(_HOURS_OF, {"owners": list(asked)})).all():
        asked[owner_id].append(WeeklyHours(*hours))
    return asked


async def dates_of(session: AsyncConnection, owner_ids: Iterable[str], window: Interval) -> Dates:
    """Return what overlaps a window, in order of time; every owner asked for has a list of openings."""
    openings: dict[str, list[Interval]] = {owner_id: [] for owner_id in owner_ids}
    closures = []
    asked = {"owners": list(openings), "since": window.starts_at, "until": window.ends_at}
    for row_id, owner_id, starts_at, ends_at, reason, kind in (await session.execute(_DATES_OF, asked)).all():
        interval = Interval(starts_at, ends_at)
        if kind == _OPENING:
            openings[owner_id].append(interval)
        else:
            closures.append(Closure(owner_id, interval, reason, ClosureKind(kind), id=row_id))
    return Dates(openings, tuple(closures))


async def open_and_closed(
    session: AsyncConnection, owner_ids: Iterable[str], window: Interval
) -> tuple[dict[str, list[Interval]], tuple[Closure, ...]]:
    """Return when each owner is open within a window, weekly hours and openings merged; and closures."""
    owners = list(owner_ids)
    weekly, dates = await hours_of(session, owners), await dates_of(session, owners, window)

    @cache  # the rooms of a centre mostly share their hours
    def within(rules: tuple[WeeklyHours, ...]) -> list[Interval]:
        return hours_within(rules, window)

    shared = {owner: within(tuple(weekly[owner])) for owner in owners}
    more = {owner: merged([*shared[owner], *own]) for owner, own in dates.openings.items() if own}
    return shared | more, dates.closures


async def closures_of(
    session: AsyncConnection, owner_ids: Iterable[str], window: Interval
) -> tuple[Closure, ...]:
    """Return the closures and busy times of owners that overlap a window, in order of time."""
    return (await dates_of(session, owner_ids, window)).closures


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
