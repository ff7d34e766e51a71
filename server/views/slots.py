"""The week in which staff choose a slot: free ones, what is closed, and both sides' hours."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from aiohttp import web

from scheduling.availability import day_in
from scheduling.case import USUAL_DISCLOSURE, Case, DisclosedField
from scheduling.deadline import expires_at
from scheduling.hindrance import stretches
from scheduling.queries import CaseRow, SlotsPage
from scheduling.slot import Interval, Slot
from server.exchange import clock, language
from server.form_days import FIRST_YEAR, LAST_YEAR
from server.views.hindrances import QUIET, Why
from server.views.places import language_name

if TYPE_CHECKING:
    from server.views.draft import Draft

WEEK_DAYS, WORKING_DAYS = 7, 5
SEARCH_DAYS = 5 * WEEK_DAYS
SHORTEST_DRAWN = timedelta(minutes=15)
FIRST_HOUR, LAST_HOUR = 8, 17
MOST_LANES = 3
"""Slots of rooms that are free at other minutes stand beside each other; more than three are a list."""
MOST_HOURS = 14
"""A calendar shows so many hours at most (server/static/build.mjs); a longer day is a list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stretch of one day: a slot that can be had, or why not."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    value: str = ""
    rank: int = 0
    reason: str = ""
    detail: str = ""

    @property
    def anchor(self) -> str:
        """The place of its button on the page."""
        return anchor(self.value)

    def meets(self, other: "Entry") -> bool:
        """Tell whether both take some of the same time."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the centre."""

    on: date
    free: int
    reason: str
    entries: tuple[Entry, ...]

    @property
    def lanes(self) -> int:
        """How many entries stand beside each other at most."""
        return max((sum(self._runs_at(each.starts_at)) for each in self.entries), default=1)

    def stands_alone(self, entry: Entry) -> bool:
        """Tell whether nothing stands beside an entry."""
        return sum(entry.meets(each) for each in self.entries) == 1

    def _runs_at(self, moment: datetime) -> Iterator[bool]:
        return (each.starts_at <= moment < each.ends_at for each in self.entries)


def slot_value(slot: Slot) -> str:
    """Write what the button of a slot sends: the room and the start."""
    return f"{slot.room_id}|{slot.starts_at.astimezone(UTC).isoformat()}"


def anchor(value: str) -> str:
    """Return the id of a slot's button: an address that ends in it comes back there, with the focus."""
    return re.sub(r"[^0-9A-Za-z]", "", value)


def read_slot_value(value: str) -> tuple[str, datetime] | None:
    """Read a button's value back; None when it is none of ours."""
    room_id, _, text = value.partition("|")
    try:
        starts_at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if starts_at.tzinfo is None or not FIRST_YEAR <= starts_at.year <= LAST_YEAR:
        return None
    return room_id, starts_at.astimezone(UTC)


def monday_of(on: date) -> date:
    """Return the Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def midnight(on: date, zone: str) -> datetime:
    """Return the moment a day begins in a zone."""
    return datetime.combine(on, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def week_facts(
    request: web.Request,
    row: CaseRow,
    page: SlotsPage,
    monday: date,
    draft: "Draft",
    *,
    shows_list: bool,
    taken: Sequence[Slot],
    interpreters: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """Gather what templates/request/slot.html asks for, but for the form."""
    why = Why(request, page, draft.interpreter)
    hours = _hours(page, monday)
    days = _days(why, hours, monday, draft.slots)
    is_short = page.post.length < SHORTEST_DRAWN or len(hours) > MOST_HOURS
    has_week = not is_short and max(day.lanes for day in days) <= MOST_LANES
    today = day_in(clock(request)(), page.centre_zone)
    before, after = monday - timedelta(days=WEEK_DAYS), monday + timedelta(days=WEEK_DAYS)
    view = "list" if shows_list else "week"

    return {
        "case": row.case,
        "post": page.post,
        "profile": page.profile,
        "here_zone": page.centre_zone,
        "minutes": page.post.slot_minutes,
        "modality": draft.modality,
        "interpreter": language_name(draft.interpreter, language(request)) if draft.interpreter else "",
        "hidden": [*draft.hidden(), ("from", monday.isoformat())],
        "action": f"{draft.action(request, 'choose_slot')}?view={view}",
        "back_action": draft.action(request, "choose_terms"),
        "wishes": _wishes(page, draft.slots, interpreters),
        "held_until": held_until(clock(request)(), draft),
        "days": days,
        "hours": hours[:MOST_HOURS],
        "first_on": days[0].on,
        "last_on": days[-1].on,
        "before": before if monday > monday_of(today) else None,
        "after": after if after <= row.case.detention_ends_on else None,
        "view": view if has_week else "list",
        "has_week": has_week,
        "taken": alternatives(taken),
    }


def _wishes(
    page: SlotsPage, values: Sequence[str], interpreters: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    found = [(value, wish[1]) for value in values if (wish := read_slot_value(value))]
    return [
        {
            "value": value,
            "anchor": anchor(value),
            "starts_at": starts_at,
            "ends_at": starts_at + page.post.length,
            "interpreters": interpreters.get(value, ()),
        }
        for value, starts_at in found
    ]


def held_until(now: datetime, draft: "Draft") -> datetime | None:
    """Return until when the wishes would be held without an answer if the post were asked now."""
    starts = [starts_at for _, starts_at in draft.wishes if starts_at > now]
    return expires_at(now, max(starts)) if starts else None


def alternatives(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """The nearest free slots, as the note above the calendar offers them."""
    values = [(slot, slot_value(slot)) for slot in slots]
    return [
        {"starts_at": slot.starts_at, "ends_at": slot.ends_at, "value": value, "anchor": anchor(value)}
        for slot, value in values
    ]


def usual_disclosure(case: Case) -> list[str]:
    """The fields that a form proposes to release."""
    return [code for code in disclosable(case) if DisclosedField(code) in USUAL_DISCLOSURE]


def disclosable(case: Case) -> list[str]:
    """The fields of a case that hold something to release."""
    return [field.value for field in DisclosedField if getattr(case, field.value)]


def _days(why: Why, hours: Sequence[datetime], monday: date, wishes: Sequence[str]) -> list[Day]:
    days = [_day(why, hours, monday + timedelta(days=n), wishes) for n in range(WEEK_DAYS)]
    return [day for n, day in enumerate(days) if n < WORKING_DAYS or day.free]


def _day(why: Why, hours: Sequence[datetime], on: date, wishes: Sequence[str]) -> Day:
    page, zone = why.page, ZoneInfo(why.page.centre_zone)
    begins, ends = midnight(on, page.centre_zone), midnight(on + timedelta(days=1), page.centre_zone)
    by_start: dict[datetime, Slot] = {}
    for slot in page.slots:
        if begins <= slot.starts_at < ends:
            kept = by_start.setdefault(slot.starts_at, slot)
            by_start[slot.starts_at] = slot if slot_value(slot) in wishes else kept
    free = [_free(slot, wishes) for slot in by_start.values()]
    first, last = (
        datetime.combine(on, at.astimezone(zone).time(), tzinfo=zone) for at in (hours[0], hours[-1])
    )
    span = Interval(first.astimezone(UTC), min(last.astimezone(UTC) + timedelta(hours=1), ends))
    rest = _rest(why, span, list(by_start.values()))
    hatched = {entry.reason for entry in rest if entry.kind == "closed"}
    reason = hatched.pop() if len(hatched) == 1 and not free else ""
    return Day(on, len(free), reason, tuple(sorted([*free, *rest], key=lambda entry: entry.starts_at)))


def _free(slot: Slot, wishes: Sequence[str]) -> Entry:
    value = slot_value(slot)
    rank = wishes.index(value) + 1 if value in wishes else 0
    return Entry("free", slot.starts_at, slot.ends_at, value=value, rank=rank)


def _rest(why: Why, span: Interval, free: Sequence[Slot]) -> list[Entry]:
    """Return why the rest of a day is not free, without what is too short to be drawn."""
    return [
        Entry(
            "outside" if stretch.hindrance in QUIET else "closed",
            *stretch.interval,
            reason=why.title(stretch),
            detail=why.detail(stretch),
        )
        for stretch in stretches(why.page.offer, span, free)
        if stretch.interval.ends_at - stretch.interval.starts_at >= SHORTEST_DRAWN
    ]


def _hours(page: SlotsPage, monday: date) -> list[datetime]:
    """Return the full hours that the calendar shows: those of every free slot, and the usual ones."""
    zone = ZoneInfo(page.centre_zone)
    begins, ends = (midnight(monday + timedelta(days=n), page.centre_zone) for n in (0, WEEK_DAYS))
    free = [slot for slot in page.slots if begins <= slot.starts_at < ends]
    starts = [slot.starts_at.astimezone(zone) for slot in free]
    finishes = [slot.ends_at.astimezone(zone) for slot in free]
    first = min((at.hour for at in starts), default=FIRST_HOUR)
    last = max(
        (at.hour + (at.minute > 0) if at.hour or at.minute else 24 for at in finishes), default=LAST_HOUR
    )
    first, last = min(first, FIRST_HOUR), max(last, LAST_HOUR)
    return [
        datetime.combine(monday, time(hour), tzinfo=zone).astimezone(UTC)
        for hour in range(first, min(last, 24))
    ]
