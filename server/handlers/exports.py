"""Lists as CSV: the same rows, the same narrowing and the same order as on the screen, all pages in one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web
from markupsafe import Markup

from recordings.queries import latest_outcomes
from scheduling.listing import Slice
from scheduling.queries import list_answered, list_cases, list_interviews
from scheduling.slot import Interval
from scheduling.trail import record_act
from server.csv_text import csv_text
from server.exchange import actor, clock, language, reading, transaction
from server.pages import moments, words_of
from server.views.bookings import asked_answers, booking_line
from server.views.cases import asked_cases, case_lines
from server.views.day import Day
from server.views.days import asked_day, blocks_of, read_span, week_of
from server.views.interviews import asked_interviews, interview_line
from server.views.proposals import lines_to_answer

MOST_EXPORTED = 5000
_WHOLE = Slice(1, MOST_EXPORTED)


async def export_cases(request: web.Request) -> web.Response:
    """The open cases that the list shows."""
    _, words = language(request).gettext, words_of(request)
    async with reading(request) as session:
        wanted = asked_cases(request)
        listing = await list_cases(session, actor(request), clock(request)(), wanted, _WHOLE)
        lines = await case_lines(request, session, listing.rows)
    head = [_("Case"), _("Country or centre"), _("Detention ends"), _("Where it stands"), _("Interview")]
    rows = [
        [
            line.reference,
            line.place,
            line.detention_ends_on.isoformat(),
            _plain(words.case_state(line)),
            _moment(request, line.meeting_at),
        ]
        for line in lines
    ]
    return await _answer(request, "cases", head, rows)


async def export_interviews(request: web.Request) -> web.Response:
    """The interviews that the list shows."""
    async with reading(request) as session:
        who, wanted = actor(request), asked_interviews(request)
        listing = await list_interviews(session, who, clock(request)(), wanted, _WHOLE)
        found = await latest_outcomes(session, who, [row.interview_id for row in listing.rows])
    words = words_of(request)
    lines = [interview_line(request, row, found) for row in listing.rows]
    rows = [
        [
            *_booking(request, words, line, line["parties"]),
            _plain(words.outcome(line["outcome"])) if line["outcome"] else "",
        ]
        for line in lines
    ]
    return await _answer(request, "interviews", [*_head(request), language(request).gettext("Outcome")], rows)


async def export_requests(request: web.Request) -> web.Response:
    """The requests of a post: all that is to answer, then those answered as the list shows them."""
    _, words = language(request).gettext, words_of(request)
    async with reading(request) as session:
        waiting, _is_full = await lines_to_answer(request, session)
        wanted = asked_answers(request)
        listing = await list_answered(session, actor(request), clock(request)(), wanted, _WHOLE)
    lines = [*waiting, *(booking_line(request, row) for row in listing.rows)]
    rows = [
        [
            *_booking(request, words, line, line["centre"]),
            line["answer_by_on"].isoformat() if line["answer_by_on"] else "",
            _moment(request, line["instead_of"]),
        ]
        for line in lines
    ]
    head = [*_head(request), _("Answer expected by"), _("Instead of")]
    return await _answer(request, "requests", head, rows)


async def export_day(request: web.Request) -> web.Response:
    """What the page of a day shows."""
    return await _export_days(request, "day", [_known_day(request)])


async def export_week(request: web.Request) -> web.Response:
    """What the page of a week shows."""
    return await _export_days(request, "week", week_of(_known_day(request)))


def _known_day(request: web.Request) -> Day:
    day, is_known = asked_day(request)
    if not is_known:
        raise web.HTTPNotFound
    return day


async def _export_days(request: web.Request, name: str, days: Sequence[Day]) -> web.Response:
    _, words = language(request).gettext, words_of(request)
    span = Interval(days[0].span.starts_at, days[-1].span.ends_at)
    async with reading(request) as session:
        found, _is_more = await read_span(request, session, span, MOST_EXPORTED)
    rows = [
        [
            _moment(request, each["starts_at"]),
            _moment(request, each["ends_at"]),
            each["reference"],
            each["side"],
            _plain(words.modality(each["modality"])),
            each["state"],
            each["room"],
            each["interpreter"],
        ]
        for each in blocks_of(request, days[0], found)
    ]
    return await _answer(request, name, [*_head(request), _("Room"), _("Interpreter")], rows)


def _head(request: web.Request) -> list[str]:
    _ = language(request).gettext
    return [_("Starts"), _("Ends"), _("Case"), _("Other side"), _("Modality"), _("Where it stands")]


def _booking(request: web.Request, words: Any, line: dict[str, Any], other_side: str) -> list[str]:
    return [
        _moment(request, line["starts_at"]),
        _moment(request, line["ends_at"]),
        line["reference"],
        other_side,
        _plain(words.modality(line["modality"])),
        _plain(words.status(line["status"])),
    ]


def _plain(words: Markup) -> str:
    return words.unescape().strip()


def _moment(request: web.Request, at: datetime | None) -> str:
    return moments(request).local(at).isoformat(timespec="minutes") if at else ""


async def _answer(
    request: web.Request, name: str, head: Sequence[str], rows: Sequence[Sequence[str]]
) -> web.Response:
    async with transaction(request) as session:
        await record_act(
            session,
            clock(request),
            actor(request),
            "export",
            noun="list",
            noun_id=name,
            detail=f"rows={len(rows)}",
        )
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    text = csv_text(head, rows)
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=headers)
