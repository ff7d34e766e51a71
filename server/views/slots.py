"""The week in which staff choose a slot: free ones, what is closed, and both sides' hours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from scheduling.availability import day_in
from scheduling.case import USUAL_DISCLOSURE, Case, DisclosedField
from scheduling.queries import SlotsPage
from scheduling.slot import Slot
from server.exchange import clock, url_for
from server.form_days import FIRST_YEAR, LAST_YEAR

WEEK_DAYS, WORKING_DAYS = 7, 5
FIRST_HOUR, LAST_HOUR = 8, 17
MOST_HOURS = 14
"""A calendar shows so many hours at most (server/static/build.mjs); a longer day is a list."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A stretch of one day: a slot that can be had, or why not."""

    kind: str
    starts_at: datetime
    ends_at: datetime
    value: str = ""
    is_wish: bool = False
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the centre."""

    on: date
    free: int
    reason: str
    entries: tuple[Entry, ...]


def slot_value(slot: Slot) -> str:
    """Write what the button of a slot sends: the room and the start."""
    return f"{slot.room_id}|{slot.starts_at.astimezone(UTC).isoformat()}"


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
    request: web.Request, case: Case, page: SlotsPage, monday: date, *, shows_list: bool
) -> dict[str, Any]:
    """Gather what templates/request/slot.html asks for, but for the form."""
    days = _days(page, monday)
    hours = _hours(page, days, monday)
    where = {"case_id": case.id, "post_id": page.post.id}
    here = request.app.router["choose_slot"].url_for(**where)
    today = day_in(clock(request)(), page.centre_zone)
    before, after = monday - timedelta(days=WEEK_DAYS), monday + timedelta(days=WEEK_DAYS)
    view = "list" if shows_list else "week"

    def link(on: date, shown: str) -> str:
        return str(here.with_query({"from": on.isoformat(), "view": shown}))

    return {
        "case": case,
        "post": page.post,
        "here_zone": page.centre_zone,
        "route": int(page.route),
        "minutes": page.post.slot_minutes,
        "action": link(monday, view),
        "post_href": url_for(request, "choose_post", case_id=case.id),
        "days": days,
        "hours": hours[:MOST_HOURS],
        "first_on": days[0].on,
        "last_on": days[-1].on,
        "before_href": link(before, view) if monday > monday_of(today) else "",
        "after_href": link(after, view) if after <= case.detention_ends_on else "",
        "view": "list" if len(hours) > MOST_HOURS else view,
        "has_week": len(hours) <= MOST_HOURS,
        "week_href": link(monday, "week"),
        "list_href": link(monday, "list"),
        "disclosed": _disclosable(case),
        "taken": None,
    }


def alternatives(slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """The nearest free slots, as the note above the calendar offers them."""
    return [{"starts_at": s.starts_at, "ends_at": s.ends_at, "value": slot_value(s)} for s in slots]


def usual_disclosure(case: Case) -> list[str]:
    """The fields that a form proposes to release."""
    return [code for code in _disclosable(case) if DisclosedField(code) in USUAL_DISCLOSURE]


def _disclosable(case: Case) -> list[str]:
    return [field.value for field in DisclosedField if getattr(case, field.value)]


def _days(page: SlotsPage, monday: date) -> list[Day]:
    days = [_day(page, monday + timedelta(days=n)) for n in range(WEEK_DAYS)]
    return [day for n, day in enumerate(days) if n < WORKING_DAYS or day.free]


def _day(page: SlotsPage, on: date) -> Day:
    begins, ends = midnight(on, page.centre_zone), midnight(on + timedelta(days=1), page.centre_zone)
    by_start: dict[datetime, Slot] = {}
    for slot in page.slots:
        if begins <= slot.starts_at < ends:
            by_start.setdefault(slot.starts_at, slot)
    free = [Entry("free", s.starts_at, s.ends_at, value=slot_value(s)) for s in by_start.values()]
    shut = [
        Entry(
            "closed",
            max(closure.interval.starts_at, begins),
            min(closure.interval.ends_at, ends),
            reason=closure.reason,
            detail=page.room_names.get(closure.owner_id, ""),
        )
        for closure in page.closures
        if closure.interval.starts_at < ends and begins < closure.interval.ends_at
    ]
    whole_day = [
        entry for entry in shut if not entry.detail and entry.ends_at - entry.starts_at >= ends - begins
    ]
    shown = [] if free else shut
    reason = whole_day[0].reason if whole_day else ""
    return Day(on, len(free), reason, tuple(sorted(free + shown, key=lambda entry: entry.starts_at)))


def _hours(page: SlotsPage, days: Sequence[Day], monday: date) -> list[datetime]:
    zone = ZoneInfo(page.centre_zone)
    free = [entry for day in days for entry in day.entries if entry.kind == "free"]
    starts = [entry.starts_at.astimezone(zone) for entry in free]
    ends = [entry.ends_at.astimezone(zone) for entry in free]
    first = min((at.hour for at in starts), default=FIRST_HOUR)
    last = max((at.hour + (at.minute > 0) if at.hour or at.minute else 24 for at in ends), default=LAST_HOUR)
    first, last = min(first, FIRST_HOUR), max(last, LAST_HOUR)
    return [
        datetime.combine(monday, time(hour), tzinfo=zone).astimezone(UTC)
        for hour in range(first, min(last, 24))
    ]
