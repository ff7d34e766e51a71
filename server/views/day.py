"""The day as lanes of rooms or of one post: what was held, runs, comes, waits or is closed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.availability import day_in, local_day
from scheduling.booking import Status
from scheduling.offer import Closure
from scheduling.queries import BookingRow
from scheduling.queries_of_days import Appointment, Standing
from scheduling.slot import Interval
from scheduling.store_hours import open_and_closed
from scheduling.store_places import rooms_of
from server.exchange import actor, clock, language, login_of, url_for
from server.i18n import mark
from server.pages import NOBODYS_ZONE, moments
from server.views.interviews import room_href

FIRST_HOUR, LAST_HOUR, MOST_HOURS = 8, 18, 14
SHORTEST_BLOCK = 45
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
_DAY_MINUTES = 24 * 60


@dataclass
class Lane:
    """A row of the day: a room, a centre or a post."""

    name: str
    hours: str
    entries: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Day:
    """A day of the reader's own zone, of 23, 24 or 25 hours."""

    on: date
    zone: str

    @cached_property
    def span(self) -> Interval:
        """From midnight to midnight."""
        return local_day(self.on, self.zone)

    def minutes(self, interval: Interval) -> tuple[int, int]:
        """Return where the part of an interval that lies in the day begins and ends on its clock."""
        span = self.span
        if interval.ends_at >= span.ends_at:
            return self._minute(max(interval.starts_at, span.starts_at)), _DAY_MINUTES
        return self._minute(max(interval.starts_at, span.starts_at)), self._minute(interval.ends_at)

    def _minute(self, at: datetime) -> int:
        local = at.astimezone(ZoneInfo(self.zone))
        return local.hour * 60 + local.minute


def today_of(request: web.Request) -> Day:
    """Return today where the reader is."""
    login = login_of(request)
    zone = login.zone if login else NOBODYS_ZONE
    return Day(day_in(clock(request)(), zone), zone)


async def room_lanes(
    request: web.Request, session: AsyncConnection, centre_id: str, day: Day, found: Sequence[Appointment]
) -> list[Lane]:
    """One lane a room of the centre, with its hours, closures and bookings."""
    rooms = await rooms_of(session, centre_id)
    owners = [centre_id, *(room.id for room in rooms)]
    hours, closures = await open_and_closed(session, owners, day.span)
    lanes = []
    for room in rooms:
        shut = [each for each in closures if each.owner_id in {room.id, centre_id}]
        entries = [
            entry(request, day, each, each.booking.post_name)
            for each in found
            if each.booking.room_id == room.id
        ]
        lanes.append(Lane(room.name, _hours_words(request, hours[room.id]), _ordered(entries, shut, day)))
    in_use = {room.id for room in rooms}
    stays = [each for each in found if each.booking.room_id not in in_use]
    out_of_use = language(request).gettext("out of use")
    return [*lanes, *_grouped(request, day, stays, lambda row: (row.room_id, row.room_name), out_of_use)]


def post_lane(request: web.Request, name: str, day: Day, found: Sequence[Appointment]) -> Lane:
    """The one lane of a post."""
    return Lane(name, "", [entry(request, day, each, each.booking.centre_name) for each in found])


def centre_lanes(request: web.Request, day: Day, found: Sequence[Appointment]) -> list[Lane]:
    """One lane a centre where something takes place, for who reads all of them."""
    lanes = _grouped(request, day, found, lambda row: (row.centre_name, row.centre_name))
    return sorted(lanes, key=lambda lane: lane.name)


def _grouped(
    request: web.Request,
    day: Day,
    found: Iterable[Appointment],
    place_of: Callable[[BookingRow], tuple[str, str]],
    hours: str = "",
) -> list[Lane]:
    """One lane for each key among what was found; `place_of` gives the key and the name."""
    lanes: dict[str, Lane] = {}
    for each in found:
        key, name = place_of(each.booking)
        lane = lanes.setdefault(key, Lane(name, hours))
        lane.entries.append(entry(request, day, each, each.booking.post_name))
    return list(lanes.values())


def entry(request: web.Request, day: Day, each: Appointment, other_side: str) -> dict[str, Any]:
    """One block of a lane."""
    row = each.booking
    kind = "wait" if each.standing is Standing.PROPOSAL else _KINDS.get(row.status, "off")
    has_page = row.interview_id is not None and kind in {"now", "next", "done"}
    begins, ends = day.minutes(Interval(row.starts_at, row.ends_at))
    state = standing_words(request, each)
    return {
        "kind": kind,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "from_minute": begins,
        "until_minute": ends,
        "reference": row.reference,
        "room": row.room_name,
        "side": other_side,
        "state": state,
        "what": f"{other_side}, {state}",
        "interpreter": each.interpreter,
        "held_until": each.held_until,
        **_act(request, row),
        "modality": row.modality,
        "other_zone": row.post_zone if other_side == row.post_name else row.centre_zone,
        "href": url_for(request, "interview", interview_id=row.interview_id or "")
        if has_page
        else url_for(request, "booking", booking_id=row.booking_id),
    }


def _act(request: web.Request, row: BookingRow) -> dict[str, str]:
    """Give what the reader has to do about it and where, beyond looking; empty where it is nothing."""
    _ = language(request).gettext
    if row.status is Status.REQUESTED and actor(request).answers_for(row.post_id):
        return {
            "act": _("Give an answer"),
            "act_href": url_for(request, "booking", booking_id=row.booking_id),
        }
    href = room_href(request, row)
    return {"act": _("Enter") if href else "", "act_href": href}


def standing_words(request: web.Request, each: Appointment) -> str:
    """Say what a slot is to its booking, within a sentence."""
    _ = language(request).gettext
    if each.standing is Standing.PROPOSAL:
        return _("other slot proposed")
    if each.rank:
        return _("wish %(rank)s, answer awaited", rank=each.rank)
    return _(_WORDS[_KINDS.get(each.booking.status, "off")])


def is_agenda(lanes: Iterable[Lane]) -> bool:
    """Whether the day reads better as an agenda: some block is too short, or they lie too far apart."""
    blocks = [block for lane in lanes for block in lane.entries if block["kind"] != "shut"]
    first, last = _span(blocks)
    is_short = any(block["until_minute"] - block["from_minute"] < SHORTEST_BLOCK for block in blocks)
    return is_short or last - first > MOST_HOURS


def visible_hours(lanes: Iterable[Lane]) -> tuple[int, int]:
    """Return the first hour and how many hours show every block, working hours at least."""
    blocks = [block for lane in lanes for block in lane.entries if block["kind"] != "shut"]
    first, last = _span(blocks)
    return first, min(last - first, MOST_HOURS)


def _span(blocks: Sequence[dict[str, Any]]) -> tuple[int, int]:
    starts = [block["from_minute"] // 60 for block in blocks]
    ends = [-(-block["until_minute"] // 60) for block in blocks]
    return min([FIRST_HOUR, *starts]), max([LAST_HOUR, *ends])


def _hours_words(request: web.Request, hours: Sequence[Interval]) -> str:
    if not hours:
        return language(request).gettext("closed")
    if any(each.ends_at - each.starts_at >= timedelta(hours=23) for each in hours):
        return language(request).gettext("day and night")
    return ", ".join(moments(request).times(each.starts_at, each.ends_at) for each in hours)


def _ordered(entries: list[dict[str, Any]], shut: Sequence[Closure], day: Day) -> list[dict[str, Any]]:
    closed = []
    for closure in shut:
        begins, ends = day.minutes(closure.interval)
        closed.append(
            {
                "kind": "shut",
                "starts_at": closure.interval.starts_at,
                "from_minute": begins,
                "until_minute": ends,
                "what": closure.reason,
            }
        )
    return sorted([*entries, *closed], key=lambda each: each["starts_at"])
