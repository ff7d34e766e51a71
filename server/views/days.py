"""The day and the week of whoever reads: which days, what takes place on them, and the ways to others."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduling.actor import Role
from scheduling.holiday import holiday_name, holidays_within
from scheduling.queries_of_days import MOST_APPOINTMENTS, Appointment, appointments_within
from scheduling.rule import FIRST_ON, LAST_ON
from scheduling.scope import country_of
from scheduling.slot import Interval
from scheduling.store_hours import closures_of
from server.exchange import actor, language, login_of
from server.forms import Form
from server.views.day import (
    Day,
    Lane,
    centre_lanes,
    entry,
    is_agenda,
    post_lane,
    room_lanes,
    today_of,
    visible_hours,
)
from server.views.lists import places
from server.views.places import country_name

DAYS_A_WEEK = 7


def asked_day(request: web.Request) -> tuple[Day, bool]:
    """Give the day that the address names, and whether it names one at all that there is; else today."""
    today, text = today_of(request), request.query.get("on", "")
    if not text:
        return today, True
    try:
        on = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return today, False
    return (Day(on, today.zone), True) if FIRST_ON <= on <= LAST_ON else (today, False)


async def day_page(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/day/day.html asks for."""
    day, is_known = asked_day(request)
    found, is_more = await read_span(request, session, day.span)
    lanes = await _lanes(request, session, day, found)
    first_hour, hours = visible_hours(lanes)
    return {
        "on": day.on,
        "is_today": day == today_of(request),
        "is_known": is_known,
        "lanes": lanes,
        "first_hour": first_hour,
        "hours": hours,
        "agenda": is_agenda(lanes),
        "entries": entries_of(request, day, found),
        "notes": (await _notes(request, session, [day]))[day.on],
        "held": sum(each.is_held for each in found),
        "is_more": is_more,
        **_ways(request, "day", day.on, timedelta(days=1)),
        **await _centres(request, session),
    }


async def week_page(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/day/week.html asks for."""
    asked, is_known = asked_day(request)
    days, today = week_of(asked), today_of(request)
    found, is_more = await read_span(
        request, session, Interval(days[0].span.starts_at, days[-1].span.ends_at)
    )
    notes = await _notes(request, session, days)
    return {
        "from_on": days[0].on,
        "until_on": days[-1].on,
        "is_known": is_known,
        "is_this_week": today in days,
        "days": [
            {
                "on": day.on,
                "is_today": day == today,
                "entries": entries_of(request, day, found),
                "notes": notes[day.on],
                "href": _href(request, "/day", day.on),
            }
            for day in days
        ],
        "held": sum(each.is_held for each in found),
        "is_more": is_more,
        **_ways(request, "week", days[0].on, timedelta(days=DAYS_A_WEEK)),
        **await _centres(request, session),
    }


def tomorrow_of(request: web.Request, day: Day) -> str:
    """Give the address of the day after."""
    return _href(request, "/day", day.on + timedelta(days=1))


def week_of(day: Day) -> list[Day]:
    """Return the seven days, from Monday on, of which one is this."""
    monday = day.on - timedelta(days=day.on.weekday())
    return [Day(monday + timedelta(days=number), day.zone) for number in range(DAYS_A_WEEK)]


async def read_span(
    request: web.Request, session: AsyncConnection, span: Interval, most: int = MOST_APPOINTMENTS
) -> tuple[list[Appointment], bool]:
    """Read what takes place within a span, in the one centre that a supervisor may have chosen."""
    return await appointments_within(session, actor(request), span, _chosen_centre(request), most=most)


def entries_of(request: web.Request, day: Day, found: Sequence[Appointment]) -> list[dict[str, Any]]:
    """Give what takes place on a day, also what began the day before or ends the day after."""
    there = [
        each for each in found if Interval(each.booking.starts_at, each.booking.ends_at).overlaps(day.span)
    ]
    return blocks_of(request, day, there)


def blocks_of(request: web.Request, day: Day, found: Sequence[Appointment]) -> list[dict[str, Any]]:
    """Give all of what was found, each beside its other side."""
    role = actor(request).role
    return [entry(request, day, each, _other_side(role, each)) for each in found]


def _other_side(role: Role, each: Appointment) -> str:
    row = each.booking
    if role is Role.SUPERVISOR:
        return f"{row.centre_name}, {row.post_name}"
    return row.post_name if role is Role.CENTRE_STAFF else row.centre_name


async def _lanes(
    request: web.Request, session: AsyncConnection, day: Day, found: Sequence[Appointment]
) -> list[Lane]:
    who, login = actor(request), login_of(request)
    if who.role is Role.CONSULAR_OFFICER:
        return [post_lane(request, login.organisation if login else "", day, found)]
    centre_id = _chosen_centre(request) or (who.organisation_id if who.role is Role.CENTRE_STAFF else "")
    if centre_id:
        return await room_lanes(request, session, centre_id, day, found)
    return centre_lanes(request, day, found)


async def _notes(
    request: web.Request, session: AsyncConnection, days: Sequence[Day]
) -> dict[date, list[str]]:
    """Say of each day which public holiday it is here, and why the whole place is closed."""
    who, reader = actor(request), language(request)
    span = Interval(days[0].span.starts_at, days[-1].span.ends_at)
    place_id = _chosen_centre(request) or who.organisation_id
    notes: dict[date, list[str]] = {day.on: [] for day in days}
    country = await country_of(session, place_id)
    for holiday in holidays_within({country} if country else (), span, days[0].zone):
        if holiday.on in notes:
            name = holiday_name(holiday, reader.code)
            notes[holiday.on].append(f"{country_name(country, reader)}, {name}")
    for closure in await closures_of(session, [place_id], span):
        for day in days:
            reason = closure.reason or reader.gettext("closed")
            if closure.interval.overlaps(day.span) and reason not in notes[day.on]:
                notes[day.on].append(reason)
    return notes


async def _centres(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    if actor(request).role is not Role.SUPERVISOR:
        return {"centres": [], "form": Form()}
    chosen = {name: [value] for name in ("on", "centre") if (value := request.query.get(name, ""))}
    return {"centres": (await places(request, session))["centres"], "form": Form(chosen)}


def _chosen_centre(request: web.Request) -> str:
    return request.query.get("centre", "") if actor(request).role is Role.SUPERVISOR else ""


def _ways(request: web.Request, name: str, on: date, step: timedelta) -> dict[str, str]:
    return {
        "before_href": _href(request, f"/{name}", on - step) if on - step >= FIRST_ON else "",
        "after_href": _href(request, f"/{name}", on + step) if on + step <= LAST_ON else "",
        "now_href": _href(request, f"/{name}", None),
        "day_href": _href(request, "/day", on),
        "week_href": _href(request, "/week", on),
        "csv_href": _href(request, f"/{name}.csv", on),
    }


def _href(request: web.Request, path: str, on: date | None) -> str:
    asked = {"on": on.isoformat()} if on else {}
    centre = _chosen_centre(request)
    words = urlencode(asked | ({"centre": centre} if centre else {}))
    return f"{path}?{words}" if words else path
