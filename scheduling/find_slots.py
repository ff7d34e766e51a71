"""Reading what decides about slots: hours, closures and bookings of one post and one centre's rooms."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import store_places, tables
from scheduling.availability import hours_within
from scheduling.booking import HOLDING, Status
from scheduling.case import Case
from scheduling.offer import Offer, Taken
from scheduling.post import Post
from scheduling.site import Centre
from scheduling.slot import Interval

_A_DAY = timedelta(days=1)  # a quota counts whole local days, also those at the window's edges


async def offer_for(
    session: AsyncSession, *, case: Case, centre: Centre, post: Post, window: Interval, now: datetime
) -> Offer:
    """Return what a post and the case's centre can offer within a window."""
    room_ids = [room.id for room in await store_places.rooms_of(session, centre.id)]
    hours = await store_places.hours_of(session, [post.id, *room_ids])
    closures = await store_places.closures_of(session, [post.id, centre.id, *room_ids], window)
    return Offer(
        post=post,
        centre_zone=centre.zone,
        case_id=case.id,
        detention_ends_on=case.detention_ends_on,
        window=window,
        now=now,
        post_hours=hours_within(hours[post.id], window),
        room_hours={room_id: hours_within(hours[room_id], window) for room_id in room_ids},
        closures=closures,
        taken=await _taken(session, case.id, post.id, room_ids, window),
    )


async def _taken(
    session: AsyncSession, case_id: str, post_id: str, room_ids: list[str], window: Interval
) -> tuple[Taken, ...]:
    table = tables.bookings
    statement = select(
        table.c.room_id, table.c.post_id, table.c.case_id, table.c.starts_at, table.c.ends_at, table.c.status
    ).where(
        table.c.status.in_(sorted(HOLDING | {Status.COMPLETED})),
        table.c.starts_at < window.ends_at + _A_DAY,
        table.c.ends_at > window.starts_at - _A_DAY,
        or_(table.c.room_id.in_(room_ids), table.c.post_id == post_id, table.c.case_id == case_id),
    )
    rows = await session.execute(statement)
    return tuple(
        Taken(
            row.room_id, row.post_id, row.case_id, Interval(row.starts_at, row.ends_at), row.status in HOLDING
        )
        for row in rows
    )
