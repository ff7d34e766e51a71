"""The editor of hours: a post's, a room's, a centre's or an interpreter's, with the picture of four weeks."""

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from aiohttp import web

from scheduling import store_owners
from scheduling.busy_times import (
    BusyFileError,
    BusyTimes,
    FileTooLarge,
    NoCalendar,
    TooManyEvents,
    TooManyOccurrences,
    read_busy_times,
)
from scheduling.errors import FieldRefused
from scheduling.four_weeks import Lane
from scheduling.holiday import Holiday, holiday_name
from scheduling.keep_hours import keep_busy_times, keep_hours, owner_for
from scheduling.plan import MOST_DATES, MOST_WEEKLY, Plan
from scheduling.slot import Interval
from scheduling.store_owners import lock_owner
from server.exchange import actor, answer_json, clock, done, language, transaction, wants_json
from server.forms import Form, read_form
from server.i18n import mark
from server.pages import refuse, render
from server.said import Done, say
from server.views.hours import (
    SPARE_ROWS,
    Standing,
    busy_values,
    form_values,
    marks_json,
    picture,
    standing_of,
)
from server.views.hours_form import PlanReader
from server.views.meanwhile import SHOWN, OvertakenError, check_shown, digest
from server.views.places import country_name
from server.views.stands import meanwhile

ESTIMATED = "(estimated)", "(estimé)", "(estimée)"


_BUSY = {
    FileTooLarge: mark("The file is larger than 1 MB: export the coming year alone"),
    NoCalendar: mark("This is no calendar file that can be read: export it again as .ics"),
    TooManyEvents: mark("The file holds more than 5 000 events: export the coming year alone"),
    TooManyOccurrences: mark("The events repeat more than 20 000 times in a year: export a smaller calendar"),
}

_IMPORTED_MEANWHILE = mark(
    "Busy times were imported after you opened the page: the picture shows them. Choose the file once more "
    "to put it in their place"
)
_FIELDS = {"weekly": "days-0", "open": "open-on-0", "shut": "shut-on-0"}
_REFUSED = {
    "in_the_past": mark("One of these days is over meanwhile, or too far ahead: look at them again"),
    "overlaps": mark("These hours overlap those of another row: change one of them"),
    "not_here": mark("The time zone or the kind of this place has changed: open the page again"),
}


async def show_hours(request: web.Request) -> web.Response:
    """The form as it stands, and the picture of it."""
    standing = await _standing(request)
    return render(request, "place/hours.html", **_as_it_stands(request, standing))


async def save_hours(request: web.Request) -> web.Response:
    """Write the plan; what cannot be is said beside its field, and nothing is written."""
    form, standing = await read_form(request), await _standing(request)
    plan = _read(request, form, standing)
    if not form.is_valid:
        return refuse(request, "place/hours.html", **_as_typed(request, standing, form, plan))
    try:
        async with transaction(request) as session:
            await lock_owner(session, standing.owner)
            owner = await owner_for(session, actor(request), standing.owner.id)
            check_shown(form, form_values(await standing_of(session, owner, clock(request)())))
            hit = await keep_hours(session, clock(request), actor(request), owner_id=owner.id, plan=plan)
    except OvertakenError as overtaken:
        facts = {**_facts(request, standing, form, plan), **meanwhile(request, form, overtaken)}
        return refuse(request, "place/hours.html", **facts)
    except FieldRefused as refusal:
        _say(request, form, refusal)
        return refuse(request, "place/hours.html", **_as_typed(request, standing, form, plan))
    return say(request, done(request, "hours", place_id=standing.owner.id), Done.HOURS_SAVED, hit)


async def preview_hours(request: web.Request) -> web.Response:
    """Draw what is typed without writing it: the whole page, or the marks alone for a module."""
    form, standing = await read_form(request), await _standing(request)
    plan = _read(request, form, standing)
    if wants_json(request):
        return answer_json({"lanes": marks_json(picture(standing, plan)), "errors": form.faults})
    facts = {**_as_typed(request, standing, form, plan), "is_preview": True}
    return render(request, "place/hours.html", **facts)


async def import_busy(request: web.Request) -> web.Response:
    """Put the busy times of a calendar file in the place of those imported before."""
    standing = await _standing(request)
    form = await read_form(request)
    owner, upload = standing.owner, form.upload("calendar")
    found = None if upload is None else await _read_busy(request, form, upload.content, owner.zone)
    if found is None:
        form.fault("calendar", language(request).gettext("Choose a calendar file (.ics)"))
        return _import_refused(request, standing, form)
    try:
        async with transaction(request) as session:
            await lock_owner(session, owner)
            _check_import(form, await store_owners.busy_of(session, owner.id), found.intervals)
            hit = await keep_busy_times(
                session, clock(request), actor(request), owner_id=owner.id, busy=found.intervals
            )
    except OvertakenError:
        form.fault("calendar", language(request).gettext(_IMPORTED_MEANWHILE))
        return _import_refused(request, await _standing(request), form)
    figures = (len(found.intervals), found.unread, hit)
    return say(request, done(request, "hours", place_id=owner.id), Done.BUSY_IMPORTED, *figures)


def _check_import(form: Form, standing: Sequence[Interval], wanted: Sequence[Interval]) -> None:
    """Refuse to wipe an import that the sender never saw; the same file twice harms nobody."""
    now = busy_values(standing)
    if standing and form.value(SHOWN) != digest(now) and now != busy_values(sorted(wanted)):
        raise OvertakenError(now)


def _import_refused(request: web.Request, standing: Standing, form: Form) -> web.Response:
    facts = _as_it_stands(request, standing)
    facts["form"].faults = form.faults
    return refuse(request, "place/hours.html", **facts)


async def _read_busy(request: web.Request, form: Form, content: bytes, zone: str) -> BusyTimes | None:
    try:
        return await asyncio.to_thread(read_busy_times, content, zone, clock(request)())
    except BusyFileError as refusal:
        form.fault("calendar", language(request).gettext(_BUSY[type(refusal)]))
        return None


def _say(request: web.Request, form: Form, refusal: FieldRefused) -> None:
    """Put what the rules refuse beside the first field of its kind: the form itself saw nothing wrong."""
    name = refusal.field.partition("-")[0]
    words = _REFUSED.get(refusal.rule, mark("Check this answer"))
    form.fault(_FIELDS.get(name, name), language(request).gettext(words))


async def _standing(request: web.Request) -> Standing:
    async with transaction(request) as session:
        owner = await owner_for(session, actor(request), request.match_info["place_id"])
        return await standing_of(session, owner, clock(request)())


def _read(request: web.Request, form: Form, standing: Standing) -> Plan:
    return PlanReader(form, language(request), standing, clock(request)()).plan()


def _as_it_stands(request: web.Request, standing: Standing) -> dict[str, Any]:
    values = form_values(standing)
    facts = _facts(request, standing, Form(values), standing.plan)
    return {**facts, "shown": digest(values), "stands": ()}


def _as_typed(request: web.Request, standing: Standing, form: Form, plan: Plan) -> dict[str, Any]:
    return {**_facts(request, standing, form, plan), **meanwhile(request, form, None)}


def _facts(request: web.Request, standing: Standing, form: Form, plan: Plan) -> dict[str, Any]:
    drawn = picture(standing, plan)
    return {
        "form": form,
        "owner": standing.owner,
        "has_pace": standing.plan.pace is not None,
        "kept": len(standing.kept),
        "busy_shown": digest(busy_values(standing.imported)),
        "weekly_rows": _rows(form, "from", MOST_WEEKLY),
        "open_rows": _rows(form, "open-on", MOST_DATES),
        "shut_rows": _rows(form, "shut-on", MOST_DATES),
        "holidays": _by_day(request, standing.holidays),
        "weeks": [drawn[n : n + 7] for n in range(0, len(drawn), 7)],
        "holiday_words": lambda lane: _words_of(request, lane),
        "today": standing.today,
        "is_preview": False,
    }


def _rows(form: Form, name: str, most: int) -> int:
    """Give how many rows the form shows: those that are filled, and a few to spare."""
    filled = [n for n in range(most) if form.value(f"{name}-{n}")]
    return min(most, max(filled, default=-1) + 1 + SPARE_ROWS)


def _by_day(request: web.Request, holidays: Sequence[Holiday]) -> list[tuple[date, list[dict[str, Any]]]]:
    """Put the holidays of one day together: it is worked, or it is not."""
    days = groupby(sorted(holidays, key=lambda each: each.on), key=lambda each: each.on)
    return [(on, [_holiday(request, each) for each in named]) for on, named in days]


def _holiday(request: web.Request, holiday: Holiday) -> dict[str, Any]:
    reader = language(request)
    name = holiday_name(holiday, reader.code)
    bare = name
    for word in ESTIMATED:
        bare = bare.replace(word, "").strip()
    return {
        "country": country_name(holiday.country, reader),
        "name": bare,
        "is_estimated": bare != name,
    }


def _words_of(request: web.Request, lane: Lane) -> str:
    reader = language(request)
    return ", ".join(
        f"{_holiday(request, each)['name']} ({country_name(each.country, reader)})" for each in lane.holidays
    )
