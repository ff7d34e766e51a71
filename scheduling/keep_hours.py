"""Keeping hours: weekly hours, openings, closures, worked holidays, pace and busy times of one owner."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store_owners, tables
from scheduling.actor import Actor
from scheduling.affected import Change
from scheduling.availability import day_in
from scheduling.clock import Clock
from scheduling.errors import FieldRefused, NotForYou
from scheduling.owner import Owner, OwnerKind
from scheduling.plan import AHEAD, Plan, check_dates, check_pace, overlapping_row
from scheduling.queries_of_affected import bookings_hit, hits_of_owner
from scheduling.slot import Interval
from scheduling.trail import record_act


async def place_for(session: AsyncConnection, actor: Actor, owner_id: str) -> Owner:
    """Return what the actor may keep."""
    owner = await store_owners.load_owner(session, owner_id)
    if not owner.is_kept_by(actor):
        raise NotForYou("place", owner_id)
    return owner


async def owner_for(session: AsyncConnection, actor: Actor, owner_id: str) -> Owner:
    """Return whose hours the actor may keep."""
    owner = await place_for(session, actor, owner_id)
    if not owner.has_hours:
        raise NotForYou("place", owner_id)
    return owner


async def keep_hours(
    session: AsyncConnection, clock: Clock, actor: Actor, *, owner_id: str, plan: Plan
) -> int:
    """Write a plan; gives how many coming bookings could not be made any more because of it."""
    owner, now = await owner_for(session, actor, owner_id), clock()
    check_plan(owner, plan)
    check_dates(plan, now)
    before = await hits_of_owner(session, owner, now)
    today = day_in(now, owner.zone)
    standing, _ = await store_owners.plain_hours(session, owner_id)
    since = {replace(hours, from_on=today): hours for hours in standing}
    await store_owners.write_weekly(session, owner_id, [since.get(hours, hours) for hours in plan.weekly])
    await store_owners.write_dated(session, tables.openings, owner_id, plan.openings, now)
    await store_owners.write_dated(session, tables.closures, owner_id, plan.closures, now)
    await store_owners.write_worked(session, owner_id, plan.worked, today, today + AHEAD)
    if plan.pace is not None:
        await store_owners.write_pace(session, owner_id, plan.pace)
    await record_act(session, clock, actor, "keep_hours", noun=owner.kind, noun_id=owner_id)
    return bookings_hit(await hits_of_owner(session, owner, now), before)


async def keep_busy_times(
    session: AsyncConnection, clock: Clock, actor: Actor, *, owner_id: str, busy: Sequence[Interval]
) -> int:
    """Put imported busy times in the place of the former ones; gives how many coming bookings lie in them."""
    owner = await owner_for(session, actor, owner_id)
    if not owner.has_weekly_hours:
        raise NotForYou("place", owner_id)
    await store_owners.write_busy(session, owner_id, busy)
    await record_act(
        session, clock, actor, "import_busy", noun=owner.kind, noun_id=owner_id, detail=f"count={len(busy)}"
    )
    hits = await hits_of_owner(session, owner, clock())
    return bookings_hit(
        each for each in hits if (each[1].owner_id, each[1].change) == (owner_id, Change.BUSY)
    )


def check_plan(owner: Owner, plan: Plan) -> None:
    """Refuse what this kind of owner has not, and hours that contradict each other."""
    if not owner.has_weekly_hours and (plan.weekly or plan.openings):
        raise FieldRefused("weekly", "not_here")
    if plan.worked and not owner.keeps_holidays:
        raise FieldRefused("worked", "not_here")
    if any(hours.zone != owner.zone for hours in plan.weekly):
        raise FieldRefused("weekly", "not_here")
    place = overlapping_row(plan.weekly)
    if place is not None:
        raise FieldRefused(f"weekly-{place}", "overlaps")
    if plan.pace is not None:
        if owner.kind is not OwnerKind.POST:
            raise FieldRefused("slot_minutes", "not_here")
        check_pace(plan.pace)
