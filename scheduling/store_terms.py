"""The statements that read on what terms posts, centres, rooms and interpreters can be had."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_hours, tables
from scheduling.affected import Held, Terms
from scheduling.holiday import closed_on, holidays_within
from scheduling.offer import Closure, ClosureKind
from scheduling.owner import OwnerKind
from scheduling.slot import Interval


async def organisations_of(session: AsyncConnection, owner_ids: Iterable[str]) -> Sequence[RowMapping]:
    """Return the rows of posts and centres."""
    o = tables.organisations
    statement = select(o).where(o.c.id.in_(list(owner_ids)))
    return (await session.execute(statement)).mappings().all()


async def terms_of(session: AsyncConnection, slots: Sequence[Held], window: Interval) -> Mapping[str, Terms]:
    """Return the terms of everybody whom these slots need, as far as a window goes."""
    sites = await organisations_of(
        session, {each for slot in slots for each in (slot.post_id, slot.centre_id)}
    )
    active = {row["id"]: (OwnerKind(row["kind"]), row["is_active"]) for row in sites}
    rooms = {slot.room_id for slot in slots}
    interpreters = {slot.interpreter_id for slot in slots if slot.interpreter_id is not None}
    active |= await _active(session, tables.rooms, OwnerKind.ROOM, rooms)
    active |= await _active(session, tables.interpreters, OwnerKind.INTERPRETER, interpreters)
    weekly = await store_hours.hours_of(session, active)
    dates = await store_hours.dates_of(session, active, window)
    closures: dict[str, list[Closure]] = {owner_id: [] for owner_id in active}
    for each in (
        *dates.closures,
        *await _holidays(session, sites, window),
    ):
        closures[each.owner_id].append(each)
    return {
        owner_id: Terms(
            owner_id=owner_id,
            kind=kind,
            is_active=is_active,
            weekly=None if kind is OwnerKind.CENTRE else tuple(weekly[owner_id]),
            openings=dates.openings[owner_id],
            closures=closures[owner_id],
        )
        for owner_id, (kind, is_active) in active.items()
    }


async def _active(
    session: AsyncConnection, table: Any, kind: OwnerKind, owner_ids: set[str]
) -> dict[str, tuple[OwnerKind, bool]]:
    statement = select(table.c.id, table.c.is_active).where(table.c.id.in_(owner_ids))
    return {row.id: (kind, row.is_active) for row in (await session.execute(statement)).all()}


async def _holidays(session: AsyncConnection, sites: Sequence[RowMapping], window: Interval) -> list[Closure]:
    """Return the public holidays that close posts and centres; those on which they work are left out."""
    worked = await store_hours.worked_holidays_of(session, [row["id"] for row in sites])
    return [
        Closure(row["id"], closed_on(day, row["zone"]), kind=ClosureKind.HOLIDAY, holiday=day)
        for row in sites
        for day in holidays_within({row["country"], row["host_country"]}, window, row["zone"])
        if day.on not in worked[row["id"]]
    ]
