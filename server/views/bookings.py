"""What the pages about bookings show, to either side: lists of requests, one booking with its history."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from scheduling import tables
from scheduling.actor import Role
from scheduling.availability import day_in
from scheduling.booking import CENTRE_REASONS, POST_REASONS, CancelReason, DeclineReason, Status
from scheduling.case import DisclosedField
from scheduling.deadline import Deadline
from scheduling.queries import BookingPage, BookingRow, RequestRow
from scheduling.queries_of_bookings import booking_row
from scheduling.scope import booking_columns, booking_joined, booking_scope
from server.exchange import actor, language, url_for
from server.i18n import mark
from server.pages import moments
from server.views.places import language_name

ANSWERED_SHOWN = 100

_SIDES = {Role.CENTRE_STAFF: "centre", Role.CONSULAR_OFFICER: "post", Role.SUPERVISOR: "supervisor"}
_LABELS = {
    DisclosedField.FAMILY_NAME: mark("Family name"),
    DisclosedField.GIVEN_NAMES: mark("Given names"),
    DisclosedField.BORN_ON: mark("Date of birth"),
    DisclosedField.BIRTH_PLACE: mark("Place of birth"),
    DisclosedField.SEX: mark("Sex"),
    DisclosedField.LANGUAGES: mark("Languages"),
    DisclosedField.DOCUMENTS: mark("Documents held"),
}
_SEX = {"F": mark("Woman"), "M": mark("Man"), "X": mark("Other")}


def booking_line(request: web.Request, row: BookingRow) -> dict[str, Any]:
    """One booking in a list."""
    return {
        "href": url_for(request, "booking", booking_id=row.booking_id),
        "reference": row.reference,
        "centre": row.centre_name,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "centre_zone": row.centre_zone,
        "modality": row.modality,
        "status": row.status,
        "answer_by_on": None,
        "late_days": 0,
    }


def request_lines(request: web.Request, rows: Sequence[RequestRow]) -> list[dict[str, Any]]:
    """Requests that wait for their answer."""
    return [
        {
            **booking_line(request, row.booking),
            "answer_by_on": _answer_by(row.deadline, row.booking),
            "late_days": row.deadline.days_late if row.deadline else 0,
        }
        for row in rows
    ]


def _answer_by(deadline: Deadline | None, row: BookingRow) -> date | None:
    """Return the last day for an answer: that of the profile, and never after the slot itself."""
    return min(deadline.on, day_in(row.starts_at, row.centre_zone)) if deadline else None


async def answered_lines(request: web.Request, session: AsyncSession) -> list[dict[str, Any]]:
    """Bookings that wait for no answer any more, the newest first: confirmed, declined or given up."""
    b = tables.bookings
    statement = (
        select(*booking_columns())
        .select_from(booking_joined())
        .where(booking_scope(actor(request)), b.c.status != Status.REQUESTED)
        .order_by(b.c.starts_at.desc())
        .limit(ANSWERED_SHOWN)
    )
    rows = (await session.execute(statement)).mappings()
    return [booking_line(request, booking_row(row)) for row in rows]


def awaited_lines(request: web.Request, rows: Sequence[RequestRow]) -> list[dict[str, Any]]:
    """Answers that a centre or a supervisor waits for."""
    what = language(request).gettext("Slot requested")
    return [
        {
            "who": row.booking.post_name,
            "what": what,
            "reference": row.booking.reference,
            "since_at": row.sent_at,
            "late_days": row.deadline.days_late if row.deadline else 0,
            "href": url_for(request, "booking", booking_id=row.booking.booking_id),
        }
        for row in rows
    ]


async def booking_facts(request: web.Request, session: AsyncSession, page: BookingPage) -> dict[str, Any]:
    """Gather what templates/booking/show.html asks for."""
    row, side = page.booking, _SIDES[actor(request).role]
    answers = {"booking_id": row.booking_id}
    may_withdraw = page.may_cancel and not page.may_answer
    return {
        "booking": _Booking(page),
        "reference": row.reference,
        "side": side,
        "centre": row.centre_name,
        "room": row.room_name,
        "post": row.post_name,
        "centre_zone": row.centre_zone,
        "post_zone": row.post_zone,
        "route": int(page.route),
        "person": person_pairs(request, {name: page.person.get(name) for name in page.disclosed}),
        "case_href": url_for(request, "case", case_id=page.case_id) if page.case_id else "",
        "interview_href": _interview_href(request, row),
        "calendar_href": url_for(request, "calendar", **answers) if row.status is Status.CONFIRMED else "",
        "history": await _history(session, row, side),
        "answer_by_on": _answer_by(page.deadline, row) if row.status is Status.REQUESTED else None,
        "confirm_action": url_for(request, "confirm", **answers) if page.may_answer else "",
        "decline_action": url_for(request, "decline", **answers) if page.may_answer else "",
        "cancel_action": url_for(request, "cancel", **answers) if may_withdraw else "",
        "decline_reasons": list(DeclineReason),
        "cancel_reasons": _cancel_reasons(side),
    }


class _Booking:
    """The booking with the words that the template asks of it."""

    def __init__(self, page: BookingPage) -> None:
        row = page.booking
        self.starts_at, self.ends_at = row.starts_at, row.ends_at
        self.status, self.modality = row.status, row.modality
        self.reason, self.remark = page.reason, page.remark


def _interview_href(request: web.Request, row: BookingRow) -> str:
    return url_for(request, "interview", interview_id=row.interview_id) if row.interview_id else ""


def _cancel_reasons(side: str) -> list[CancelReason]:
    allowed = POST_REASONS if side == "post" else CENTRE_REASONS
    return [reason for reason in CancelReason if reason in allowed]


def person_pairs(request: web.Request, person: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Write what may be read of the person as label and words, in the order of the form."""
    gettext = language(request).gettext
    written = [(_LABELS[each], _written(request, each, person.get(each))) for each in DisclosedField]
    return [(gettext(label), words) for label, words in written if words]


def _written(request: web.Request, name: DisclosedField, value: Any) -> str:
    reader = language(request)
    if not value:
        return ""
    if name is DisclosedField.BORN_ON:
        return moments(request).date(value)
    if name is DisclosedField.LANGUAGES:
        return ", ".join(language_name(code, reader) for code in value)
    if name is DisclosedField.SEX:
        return reader.gettext(_SEX[value])
    return "; ".join(value) if isinstance(value, list | tuple) else str(value)


async def _history(session: AsyncSession, row: BookingRow, side: str) -> list[dict[str, Any]]:
    """What happened, by which side; to a post, whoever acts here is the centre."""
    h, a, o = tables.history, tables.accounts, tables.organisations
    statement = (
        select(h.c.event, h.c.at, o.c.id, o.c.name)
        .outerjoin(a, a.c.id == h.c.by_account_id)
        .outerjoin(o, o.c.id == a.c.organisation_id)
        .where(h.c.noun == "booking", h.c.noun_id == row.booking_id)
        .order_by(h.c.version)
    )

    def by(organisation_id: str | None, name: str | None) -> str:
        is_other_side = side == "post" and organisation_id not in {None, row.post_id}
        return row.centre_name if is_other_side else name or ""

    found = (await session.execute(statement)).all()
    return [{"event": each.event, "by": by(each.id, each.name), "at": each.at} for each in found]
