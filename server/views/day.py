"""The day as lanes of rooms or of one post: what was held, runs, comes, waits or is closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import tables
from scheduling.actor import Actor
from scheduling.availability import hours_within
from scheduling.booking import Status
from scheduling.offer import Closure
from scheduling.queries import BookingRow
from scheduling.queries_of_bookings import booking_row
from scheduling.scope import booking_columns, booking_joined, booking_scope
from scheduling.slot import Interval
from scheduling.store_places import closures_of, hours_of, rooms_of
from server.exchange import clock, language, url_for
from server.i18n import mark
from server.pages import moments

FIRST_HOUR, LAST_HOUR, MOST_HOURS = 8, 18, 14
SHORTEST_BLOCK = timedelta(minutes=45)
_KINDS = {
    Status.IN_PROGRESS: "now",
    Status.CONFIRMED: "next",
    Status.COMPLETED: "done",
    Status.REQUESTED: "wait",
}
_WORDS = {
    "now": mark("under way"),
    "next": mark("confirmed"),
    "done": mark("held"),
    "wait": mark("answer awaited"),
    "off": mark("given up"),
}


@dataclass
class Lane:
    """A row of the day: a room, or a post."""

    name: str
    hours: str
    entries: list[dict[str, Any]] = field(default_factory=list)


def today_of(request: web.Request, zone: str) -> Interval:
    """Return today in a zone, from midnight to midnight."""
    local = clock(request)().astimezone(ZoneInfo(zone)).date()
    begins = datetime.combine(local, time(), tzinfo=ZoneInfo(zone))
    return Interval(begins, begins + timedelta(days=1))


async def bookings_of_day(session: AsyncSession, who: Actor, day: Interval) -> list[BookingRow]:
    """Every booking of a day that the actor may see, in order of time."""
    b = tables.bookings
    statement = (
        select(*booking_columns())
        .select_from(booking_joined())
        .where(booking_scope(who), b.c.starts_at >= day.starts_at, b.c.starts_at < day.ends_at)
        .order_by(b.c.starts_at)
    )
    return [booking_row(row) for row in (await session.execute(statement)).mappings()]


async def room_lanes(
    request: web.Request, session: AsyncSession, who: Actor, day: Interval, bookings: Sequence[BookingRow]
) -> list[Lane]:
    """One lane a room of the centre, with its hours, closures and bookings."""
    rooms = await rooms_of(session, who.organisation_id)
    hours = await hours_of(session, [room.id for room in rooms])
    closures = await closures_of(session, [who.organisation_id, *(room.id for room in rooms)], day)
    lanes = []
    for room in rooms:
        open_hours = hours_within(hours[room.id], day)
        shut = [each for each in closures if each.owner_id in {room.id, who.organisation_id}]
        entries = [entry(request, row, row.post_name) for row in bookings if row.room_id == room.id]
        lanes.append(Lane(room.name, _hours_words(request, open_hours), _ordered(entries, shut)))
    return lanes


def post_lane(request: web.Request, name: str, bookings: Sequence[BookingRow]) -> Lane:
    """The one lane of a post."""
    return Lane(name, "", _ordered([entry(request, row, row.centre_name) for row in bookings], []))


def entry(request: web.Request, row: BookingRow, other_side: str) -> dict[str, Any]:
    """One block of a lane."""
    kind = _KINDS.get(row.status, "off")
    has_page = row.interview_id is not None and kind in {"now", "next", "done"}
    return {
        "kind": kind,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "reference": row.reference,
        "what": f"{other_side}, {language(request).gettext(_WORDS[kind])}",
        "href": url_for(request, "interview", interview_id=row.interview_id or "")
        if has_page
        else url_for(request, "booking", booking_id=row.booking_id),
    }


def is_agenda(lanes: Iterable[Lane], zone: str) -> bool:
    """Whether the day reads better as an agenda: some block is too short, or they lie too far apart."""
    blocks = [block for lane in lanes for block in lane.entries if block["kind"] != "shut"]
    first, last = _span(blocks, zone)
    is_short = any(block["ends_at"] - block["starts_at"] < SHORTEST_BLOCK for block in blocks)
    return is_short or last - first > MOST_HOURS


def visible_hours(lanes: Iterable[Lane], zone: str) -> tuple[int, int]:
    """Return the first hour and how many hours show every block, working hours at least."""
    blocks = [block for lane in lanes for block in lane.entries if block["kind"] != "shut"]
    first, last = _span(blocks, zone)
    return first, min(last - first, MOST_HOURS)


def _span(blocks: Sequence[dict[str, Any]], zone: str) -> tuple[int, int]:
    local = ZoneInfo(zone)
    starts = [block["starts_at"].astimezone(local).hour for block in blocks]
    ends = [(block["ends_at"] - timedelta(microseconds=1)).astimezone(local).hour + 1 for block in blocks]
    return min([FIRST_HOUR, *starts]), max([LAST_HOUR, *ends])


def _hours_words(request: web.Request, hours: Sequence[Interval]) -> str:
    if not hours:
        return language(request).gettext("closed today")
    if any(each.ends_at - each.starts_at >= timedelta(days=1) for each in hours):
        return language(request).gettext("day and night")
    return ", ".join(moments(request).times(each.starts_at, each.ends_at) for each in hours)


def _ordered(entries: list[dict[str, Any]], shut: Sequence[Closure]) -> list[dict[str, Any]]:
    closed = [
        {
            "kind": "shut",
            "starts_at": closure.interval.starts_at,
            "ends_at": closure.interval.ends_at,
            "what": closure.reason,
        }
        for closure in shut
    ]
    return sorted([*entries, *closed], key=lambda each: each["starts_at"])
