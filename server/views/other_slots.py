"""The slots to which a booking may move, or with which a request is answered: a week of free ones by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling import store
from scheduling.availability import day_in
from scheduling.booking import Booking, Status
from scheduling.place import Search, Sides, sides_of
from scheduling.propose import standing_wishes
from scheduling.queries import BookingPage, BookingRow
from scheduling.slot import Interval, Slot
from scheduling.store_places import load_room, rooms_of
from scheduling.wish import Proposal, Wish
from server.exchange import actor, clock, url_for
from server.form_days import read_day
from server.views.slots import WEEK_DAYS, anchor, midnight, monday_of, slot_value

WEEKS_AHEAD = 12


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """One button: what it sends, and the room where it matters."""

    slot: Slot
    value: str
    room: str

    @property
    def anchor(self) -> str:
        """The place of the button on the page."""
        return anchor(self.value)


def may_have_another(page: BookingPage, side: str, now: datetime) -> bool:
    """Tell whether this side may offer or take another slot: not for what is past, running or given up."""
    if page.booking.status is Status.REQUESTED:
        return side == "post" and page.may_answer
    is_coming = page.booking.status is Status.CONFIRMED and page.booking.starts_at > now
    return is_coming and side in {"centre", "post"}


async def other_slot_facts(
    request: web.Request, session: AsyncConnection, page: BookingPage, side: str, week: str
) -> dict[str, Any]:
    """Gather what templates/booking/other_slot.html asks for, but for the form; `week` as it was typed."""
    row, now = page.booking, clock(request)()
    zone = row.post_zone if side == "post" else row.centre_zone
    first, today = _monday(week, row.starts_at, now, zone), day_in(now, zone)
    window = Interval(midnight(first, zone), midnight(first + timedelta(days=WEEK_DAYS), zone))
    booking = await store.load_booking(session, row.booking_id)
    sides = await sides_of(session, booking.case_id, booking.post_id)
    language = (await store.load_request(session, booking.request_id)).interpreter_language
    offer = await Search(sides, now, language, booking.id).offer(session, window)
    rooms = {room.id: room.name for room in await rooms_of(session, sides.centre.id)}
    standing = await standing_wishes(session, booking)
    free = _free([each for each in offer.slots() if not _stands(each, standing, side)], rooms, side)
    before, after = first - timedelta(days=WEEK_DAYS), first + timedelta(days=WEEK_DAYS)
    return {
        "booking": row,
        "side": side,
        "days": [(on, list(each)) for on, each in groupby(free, lambda one: _day(one, zone))],
        "other_zone": row.centre_zone if side == "post" else row.post_zone,
        "first_on": first,
        "last_on": after - timedelta(days=1),
        "before": before if first > today else None,
        "after": after if after < today + timedelta(weeks=WEEKS_AHEAD) else None,
        "action": _action(request, row, first),
        "booking_href": url_for(request, "booking", booking_id=row.booking_id),
        "effect": _effect(page, side, sides),
    }


async def check_facts(
    request: web.Request, session: AsyncConnection, page: BookingPage, side: str, placed: Proposal | Booking
) -> dict[str, Any]:
    """Gather what templates/booking/other_slot_check.html asks for, but for the form and what is done."""
    row = page.booking
    room = await load_room(session, placed.room_id)
    value = slot_value(Slot(placed.room_id, placed.starts_at, placed.ends_at))
    return {
        "booking": row,
        "side": side,
        "starts_at": placed.starts_at,
        "ends_at": placed.ends_at,
        "room": room.name if side == "centre" else "",
        "other_zone": row.centre_zone if side == "post" else row.post_zone,
        "value": value,
        "anchor": anchor(value),
        "is_request": row.status is Status.REQUESTED,
        "action": _action(request, row, _monday_at(placed.starts_at, row, side)),
    }


def _action(request: web.Request, row: BookingRow, first: date) -> str:
    here = request.app.router["other_slot"].url_for(booking_id=row.booking_id)
    return str(here.with_query({"from": first.isoformat()}))


def _monday_at(moment: datetime, row: BookingRow, side: str) -> date:
    return monday_of(day_in(moment, row.post_zone if side == "post" else row.centre_zone))


def _monday(week: str, starts_at: datetime, now: datetime, zone: str) -> date:
    asked = read_day(week) or day_in(max(starts_at, now), zone)
    last = day_in(now, zone) + timedelta(weeks=WEEKS_AHEAD)
    return max(monday_of(min(asked, last)), monday_of(day_in(now, zone)))


def _stands(slot: Slot, standing: Sequence[Wish], side: str) -> bool:
    """Tell whether choosing a slot would change nothing; a post chooses an hour and no room."""
    return any(
        slot.starts_at == wish.starts_at and (side == "post" or slot.room_id == wish.room_id)
        for wish in standing
    )


def _free(slots: Sequence[Slot], rooms: dict[str, str], side: str) -> list[FreeSlot]:
    """Return every room's slots to a centre; to a post, which chooses no room, each hour once."""
    shown: dict[Any, Slot] = {}
    for slot in slots:
        shown.setdefault(slot.starts_at if side == "post" else slot, slot)
    return [FreeSlot(each, slot_value(each), rooms.get(each.room_id, "")) for each in shown.values()]


def _day(free: FreeSlot, zone: str) -> date:
    return day_in(free.slot.starts_at, zone)


def _effect(page: BookingPage, side: str, sides: Sides) -> str:
    """Say what a click does: `answers` a request, `moves` at once, or `proposes` to the other side."""
    if page.booking.status is Status.REQUESTED:
        return "answers"
    return "moves" if side == "centre" and sides.auto_confirms else "proposes"


def side_for(request: web.Request, page: BookingPage) -> str:
    """Return for which side the reader speaks."""
    return "post" if actor(request).answers_for(page.booking.post_id) else "centre"
