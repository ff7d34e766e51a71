"""The desk of each role: what needs doing now, on top."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from recordings.custody import FileKind
from recordings.outcome import NEARS
from recordings.queries import awaiting_outcome, due_verifications
from recordings.tables import sealed_files
from scheduling import tables
from scheduling.booking import Status
from scheduling.listing import Slice
from scheduling.next_step import NextStep
from scheduling.queries import (
    CaseFigures,
    CaseFilter,
    CaseRow,
    cases_to_settle,
    count_cases,
    count_coming,
    interviews_today,
    list_cases,
    requests_to_answer,
)
from scheduling.queries_of_affected import count_affected
from scheduling.queries_of_days import appointments_within
from scheduling.queries_of_proposals import proposals_to_answer
from server.app_keys import KEYRING, SETTINGS
from server.exchange import actor, clock, language, login_of, url_for
from server.pages import moments
from server.views.bookings import awaited_lines
from server.views.cases import CaseLine, case_lines, may_request
from server.views.day import is_agenda, post_lane, room_lanes, today_of, visible_hours
from server.views.days import tomorrow_of
from server.views.places import country_name
from server.views.proposals import lines_to_answer, proposal_points
from server.views.sealed import describe

CASES_SHOWN = 8
OUTCOMES_SHOWN = 100
SEALED_SHOWN = 5
_LOOKED_AHEAD = timedelta(weeks=4)


async def centre_desk(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/desk/centre.html asks for."""
    who, now = actor(request), clock(request)()
    day = today_of(request)
    found, _ = await appointments_within(session, who, day.span)
    lanes = await room_lanes(request, session, who.organisation_id, day, found)
    first_hour, hours = visible_hours(lanes)
    figures = await count_cases(session, who, now)
    held = [each.booking for each in found if each.is_held]
    waiting = await requests_to_answer(session, who, now)
    return {
        "interviews": len(held),
        "under_way": sum(row.status is Status.IN_PROGRESS for row in held),
        "lanes": lanes,
        "tomorrow_href": tomorrow_of(request, day),
        "first_hour": first_hour,
        "hours": hours,
        "agenda": is_agenda(lanes),
        "cases": await _first_cases(request, session),
        "cases_total": figures.open,
        "points": [
            *proposal_points(request, await proposals_to_answer(session, who, now)),
            *_points(request, await cases_to_settle(session, who, now)),
        ],
        "answers": awaited_lines(request, [row for row in waiting if row.proposed_at is None]),
        "verifications": await _verifications(request, session, "interview"),
        "affected": await count_affected(session, who, now, now + _LOOKED_AHEAD),
    }


async def post_desk(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/desk/post.html asks for."""
    who, now = actor(request), clock(request)()
    login, day = login_of(request), today_of(request)
    found, _ = await appointments_within(session, who, day.span)
    lanes = [post_lane(request, login.organisation if login else "", day, found)]
    requests, _ = await lines_to_answer(request, session)
    first_hour, hours = visible_hours(lanes)
    return {
        "lanes": lanes,
        "tomorrow_href": tomorrow_of(request, day),
        "first_hour": first_hour,
        "hours": hours,
        "agenda": is_agenda(lanes),
        "requests": requests,
        "outcomes": [
            {
                "reference": row.reference,
                "href": url_for(request, "outcome", interview_id=row.interview_id),
                "held_at": row.held_at,
            }
            for row in await awaiting_outcome(session, who, OUTCOMES_SHOWN)
        ],
        "verifications": await _verifications(request, session, "outcome"),
        "affected": await count_affected(session, who, now, now + _LOOKED_AHEAD),
    }


async def supervisor_desk(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
    """Gather what templates/desk/supervisor.html asks for."""
    who, now = actor(request), clock(request)()
    figures = await count_cases(session, who, now)
    waiting = await requests_to_answer(session, who, now)
    today = await interviews_today(session, who, now)
    running = [row for row in today if row.booking.status is Status.IN_PROGRESS]
    return {
        "figures": _figures(
            request, figures, len(waiting), len(today), await count_coming(session, who, now)
        ),
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
        "cases": await _first_cases(request, session),
        "cases_total": figures.open,
        "answers": awaited_lines(request, waiting),
        "sealed": await _sealed_last(request, session),
    }


async def administrator_desk(request: web.Request, session: AsyncConnection) -> dict[str, Any]:
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
                "place": ", ".join(filter(None, (row["city"], country_name(row["host_country"], reader)))),
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


async def _verifications(
    request: web.Request, session: AsyncConnection, leads_to: str
) -> list[dict[str, Any]]:
    """Verifications whose day to come back is near or past, with what the reader opens."""
    today = moments(request).local(clock(request)()).date()
    return [
        {
            "reference": row.reference,
            "back_on": row.back_on,
            "late_days": max((today - row.back_on).days, 0),
            "href": url_for(request, leads_to, interview_id=row.interview_id),
        }
        for row in await due_verifications(session, actor(request), today + NEARS, OUTCOMES_SHOWN)
    ]


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


async def _first_cases(request: web.Request, session: AsyncConnection) -> list[CaseLine]:
    page = Slice(rows=CASES_SHOWN)
    listing = await list_cases(session, actor(request), clock(request)(), CaseFilter(), page)
    return await case_lines(request, session, listing.rows)


def _figures(
    request: web.Request, cases: CaseFigures, waiting: int, today: int, coming: int
) -> list[tuple[str, str]]:
    _ = language(request).gettext
    return [
        (_("Open cases"), str(cases.open)),
        (_("Detention ends within 15 days"), str(cases.short)),
        (_("Answers awaited"), str(waiting)),
        (_("Interviews today"), str(today)),
        (_("Interviews to come"), str(coming)),
    ]


async def _sealed_last(request: web.Request, session: AsyncConnection) -> list[dict[str, Any]]:
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
