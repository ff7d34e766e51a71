"""The desk of each role: what needs doing now, on top."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from recordings.custody import FileKind
from recordings.queries import awaiting_outcome
from recordings.tables import sealed_files
from scheduling import tables
from scheduling.booking import Status
from scheduling.next_step import NextStep
from scheduling.queries import CaseRow, InterviewRow, cases_of, interviews_of, requests_to_answer
from server.app_keys import KEYRING, SETTINGS
from server.exchange import actor, clock, language, login_of, url_for
from server.pages import NOBODYS_ZONE, moments
from server.views.bookings import awaited_lines, request_lines
from server.views.cases import case_lines, may_request
from server.views.day import bookings_of_day, is_agenda, post_lane, room_lanes, today_of, visible_hours
from server.views.places import country_name
from server.views.sealed import describe

CASES_SHOWN = 8
SEALED_SHOWN = 5


async def centre_desk(request: web.Request, session: AsyncSession) -> dict[str, Any]:
    """Gather what templates/desk/centre.html asks for."""
    who, now = actor(request), clock(request)()
    zone = _zone(request)
    day = today_of(request, zone)
    bookings = await bookings_of_day(session, who, day)
    lanes = await room_lanes(request, session, who, day, bookings)
    first_hour, hours = visible_hours(lanes, zone)
    rows = await cases_of(session, who, now)
    held = [row for row in bookings if row.status in {Status.CONFIRMED, Status.IN_PROGRESS, Status.COMPLETED}]
    return {
        "interviews": len(held),
        "under_way": sum(row.status is Status.IN_PROGRESS for row in held),
        "lanes": lanes,
        "first_hour": first_hour,
        "hours": hours,
        "agenda": is_agenda(lanes, zone),
        "cases": await case_lines(request, session, rows[:CASES_SHOWN]),
        "cases_total": len(rows),
        "points": _points(request, rows),
        "answers": awaited_lines(request, await requests_to_answer(session, who, now)),
    }


async def post_desk(request: web.Request, session: AsyncSession) -> dict[str, Any]:
    """Gather what templates/desk/post.html asks for."""
    who, now = actor(request), clock(request)()
    zone = _zone(request)
    login = login_of(request)
    bookings = await bookings_of_day(session, who, today_of(request, zone))
    lanes = [post_lane(request, login.organisation if login else "", bookings)]
    first_hour, hours = visible_hours(lanes, zone)
    lists = await interviews_of(session, who, now)
    over = [row for row in (*lists.today, *lists.past) if row.ended_at is not None]
    to_conclude = await awaiting_outcome(session, who, [row.interview_id for row in over])
    return {
        "lanes": lanes,
        "first_hour": first_hour,
        "hours": hours,
        "agenda": is_agenda(lanes, zone),
        "requests": request_lines(request, await requests_to_answer(session, who, now)),
        "outcomes": [
            {
                "reference": row.booking.reference,
                "href": url_for(request, "outcome", interview_id=row.interview_id),
                "held_at": row.started_at or row.booking.starts_at,
            }
            for row in over
            if row.interview_id in to_conclude
        ],
    }


async def supervisor_desk(request: web.Request, session: AsyncSession) -> dict[str, Any]:
    """Gather what templates/desk/supervisor.html asks for."""
    who, now = actor(request), clock(request)()
    rows = await cases_of(session, who, now)
    waiting = await requests_to_answer(session, who, now)
    lists = await interviews_of(session, who, now)
    running = [row for row in lists.today if row.booking.status is Status.IN_PROGRESS]
    return {
        "figures": _figures(request, rows, len(waiting), lists.today, lists.coming),
        "running": [
            {
                "reference": row.booking.reference,
                "href": url_for(request, "interview", interview_id=row.interview_id),
                "centre": row.booking.centre_name,
                "post": row.booking.post_name,
                "started_at": row.started_at or row.booking.starts_at,
            }
            for row in running
        ],
        "cases": await case_lines(request, session, rows[:CASES_SHOWN]),
        "cases_total": len(rows),
        "answers": awaited_lines(request, waiting),
        "sealed": await _sealed_last(request, session),
    }


async def administrator_desk(request: web.Request, session: AsyncSession) -> dict[str, Any]:
    """Gather what templates/desk/administrator.html asks for."""
    reader, settings = language(request), request.app[SETTINGS]
    o, a = tables.organisations, tables.accounts
    counted = (
        select(a.c.organisation_id, func.count().label("accounts")).group_by(a.c.organisation_id).subquery()
    )
    statement = (
        select(o, counted.c.accounts)
        .outerjoin(counted, counted.c.organisation_id == o.c.id)
        .order_by(o.c.kind, o.c.country, o.c.name)
    )
    found = (await session.execute(statement)).mappings().all()
    return {
        "organisations": [
            {
                "name": row["name"],
                "kind": row["kind"],
                "place": ", ".join(filter(None, (row["city"], country_name(row["country"], reader)))),
                "zone": row["zone"],
                "accounts": row["accounts"] or 0,
                "is_active": row["is_active"],
            }
            for row in found
        ],
        "health": [
            (reader.gettext("Data folder"), str(settings.data)),
            (reader.gettext("Files are sealed to"), ", ".join(h.name for h in request.app[KEYRING].holders)),
        ],
    }


def _zone(request: web.Request) -> str:
    login = login_of(request)
    return login.zone if login else NOBODYS_ZONE


def _points(request: web.Request, rows: Sequence[CaseRow]) -> list[dict[str, str]]:
    """What stands in the way of an interview."""
    _ = language(request).gettext
    points = []
    for row in rows:
        href = url_for(request, "case", case_id=row.case.id)
        if row.step is NextStep.ASSESS:
            points.append((_("Does video suit this person?"), row, "", href, _("Answer")))
        elif may_request(actor(request), row) and row.deadline.has_passed:
            text = _("Detention was to end on %(day)s.", day=moments(request).date(row.deadline.on))
            points.append((_("Detention has reached its last day"), row, text, href, _("Open the case")))
        elif may_request(actor(request), row) and row.step is NextStep.REQUEST and row.deadline.is_short:
            left = row.deadline.days_left
            text = language(request).ngettext(
                "Detention ends in %(n)s day, no interview is asked for.",
                "Detention ends in %(n)s days, no interview is asked for.",
                left,
            )
            points.append((_("An interview to request"), row, text, href, _("Open the case")))
    return [
        {"title": title, "reference": row.case.reference, "text": text, "href": href, "action": action}
        for title, row, text, href, action in points
    ]


def _figures(
    request: web.Request,
    rows: Sequence[CaseRow],
    waiting: int,
    today: Sequence[InterviewRow],
    coming: Sequence[InterviewRow],
) -> list[tuple[str, str]]:
    _ = language(request).gettext
    return [
        (_("Open cases"), str(len(rows))),
        (_("Detention ends within 15 days"), str(sum(row.deadline.is_short for row in rows))),
        (_("Answers awaited"), str(waiting)),
        (_("Interviews today"), str(len(today))),
        (_("Interviews to come"), str(len(coming))),
    ]


async def _sealed_last(request: web.Request, session: AsyncSession) -> list[dict[str, Any]]:
    i, b, c = tables.interviews, tables.bookings, tables.cases
    statement = (
        select(sealed_files, c.c.reference)
        .join(i, i.c.id == sealed_files.c.interview_id)
        .join(b, b.c.id == i.c.booking_id)
        .join(c, c.c.id == b.c.case_id)
        .where(sealed_files.c.kind.in_([FileKind.MEDIA, FileKind.EVIDENCE, FileKind.TRANSCRIPT]))
        .order_by(sealed_files.c.sealed_at.desc())
        .limit(SEALED_SHOWN)
    )
    return [
        {
            "reference": row.reference,
            "href": url_for(request, "sealed", interview_id=row.interview_id),
            "what": describe(FileKind(row.kind), row.media_type, language(request)),
            "sealed_at": row.sealed_at,
        }
        for row in (await session.execute(statement)).all()
    ]
